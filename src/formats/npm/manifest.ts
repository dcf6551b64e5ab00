import { problem } from '../../problems/problem.ts';
import { abbreviated } from './abbreviated-fields.ts';
import { installScripts } from './install-scripts.ts';
import { type JsonObject, member } from './json-body.ts';
import { membersOf, objectText } from './json-text.ts';
import { mountLink } from './mount-links.ts';
import { attestationsPath, tarballPath } from './names.ts';
import type { TarballFacts } from './package-json.ts';

/** Characters of a stored manifest. */
const maxManifest = 1024 * 1024;
const maxReadme = 128 * 1024;
const maxDescription = 4096;
const maxKeywords = 200;

/** Fields that begin with `_` and are kept; others are leftovers of the publishing client. */
const kept = new Set(['_nodeVersion', '_npmVersion', '_hasShrinkwrap']);

/**
 * Left out: `readme` is stored apart, `deprecated` and `maintainers` are facts of the registry, Bun leaves `integrity` and
 * `shasum` behind, and what remains is written by us.
 */
const dropped = new Set(['readme', 'deprecated', 'maintainers', 'integrity', 'shasum', 'name', 'version', 'dist']);

/** Everything the registry knows of a version's tarball. */
export interface Dist {
  readonly integrity: string;
  /** SHA-1, hex. */
  readonly shasum: string;
  readonly fileCount: number;
  readonly unpackedSize: number;
  readonly signature: { readonly keyId: string; readonly signature: string };
  /** `null` without a Sigstore bundle. */
  readonly predicateType: string | null;
}

/** What is stored of a version; JSON texts with links as in `mount-links.ts`. */
export interface StoredManifest {
  readonly manifest: string;
  readonly summary: string;
  readonly description: string | null;
  readonly keywords: readonly string[];
}

/** The manifest as published, with what is the server's to say in place of what the client said. */
export function storedManifest(
  name: string,
  version: string,
  sent: JsonObject,
  dist: Dist,
  facts: TarballFacts,
): StoredManifest {
  const distText = writeDist(name, version, dist);
  const fields = Object.entries(sent).filter(([key]) => !dropped.has(key) && (!key.startsWith('_') || kept.has(key)));
  const clean: JsonObject = Object.fromEntries([['name', name], ['version', version], ...fields]);
  const manifest = objectText([...membersOf(clean), ['_id', JSON.stringify(`${name}@${version}`)], ['dist', distText]]);
  if (manifest.length > maxManifest) {
    throw problem(
      'invalid-request',
      `Validation failed: Package json structure is too large. Maximum size is ${maxManifest} characters`,
    );
  }
  const short = abbreviated(clean, hasInstallScript(clean, facts));
  return {
    manifest,
    summary: objectText([...membersOf(short), ['dist', distText]]),
    description: plainText(member(clean, 'description'), maxDescription),
    keywords: keywordsOf(member(clean, 'keywords')),
  };
}

/** The readme as stored; the end of a very long one is left out. */
export function storedReadme(readme: string | null): string | null {
  return plainText(readme, maxReadme);
}

function writeDist(name: string, version: string, dist: Dist): string {
  const attestations = objectText([
    ['url', mountLink(attestationsPath(name, version))],
    ['provenance', JSON.stringify({ predicateType: dist.predicateType })],
  ]);
  const { keyId, signature } = dist.signature;
  return objectText([
    ['integrity', JSON.stringify(dist.integrity)],
    ['shasum', JSON.stringify(dist.shasum)],
    ['tarball', mountLink(tarballPath(name, version))],
    ['fileCount', String(dist.fileCount)],
    ['unpackedSize', String(dist.unpackedSize)],
    ['attestations', dist.predicateType === null ? undefined : attestations],
    ['signatures', JSON.stringify([{ keyid: keyId, sig: signature }])],
  ]);
}

/** By the tarball too: npm builds what has a `binding.gyp`, unless told not to. */
function hasInstallScript(manifest: JsonObject, { hasBindingGyp }: TarballFacts): boolean {
  return installScripts(manifest).size > 0 || (hasBindingGyp && member(manifest, 'gypfile') !== false);
}

function keywordsOf(keywords: unknown): readonly string[] {
  const words = typeof keywords === 'string' ? keywords.split(/[\s,]+/) : Array.isArray(keywords) ? keywords : [];
  return words
    .map((word: unknown) => plainText(word, 256))
    .filter((word) => word !== null)
    .slice(0, maxKeywords);
}

/** Text as a database column can hold it: without NUL and lone surrogates, and not endless. */
function plainText(value: unknown, limit: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value
    .slice(0, limit)
    .replaceAll('\0', '')
    .replaceAll(/\p{Cs}/gu, '');
  return text === '' ? null : text;
}
