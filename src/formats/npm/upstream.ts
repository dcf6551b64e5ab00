import type { PromisedDigests } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../upstream-protocol.ts';
import { attestationName } from './attestation-name.ts';
import { promisedDigests } from './integrity.ts';
import { isObject, type JsonObject, member } from './json-body.ts';
import { parseKeys, type RegistryKey } from './keys-parse.ts';
import { parseName, tarballName } from './names.ts';
import type { Packument } from './packument.ts';
import { abbreviatedPackument, abbreviatedType, fullPackument } from './packument-kinds.ts';
import { parsePackument } from './packument-parse.ts';

const forms = {
  full: { accept: 'application/json' },
  // Registries without the short form answer the long one.
  abbreviated: { accept: `${abbreviatedType}; q=1.0, application/json; q=0.8` },
} as const;

/** What a download needs to know of a version. */
interface Tarball {
  readonly url: string;
  readonly digests: PromisedDigests;
  readonly publishedAt: number | null;
  readonly license: string | null;
  /** Where its attestations are; `null` = it has none. */
  readonly attestations: string | null;
}

const readFull = (text: string): Packument => parsePackument(text, 'full');
const readAbbreviated = (text: string): Packument => parsePackument(text, 'abbreviated');

/** How npm packages are read from other registries: one document a package, from which everything else follows. */
export const npmUpstream = {
  claims: 'namespace',
  looksAlike: true,
  noticeHeader: 'npm-notice',
  explains: (name) => ({ name: parseName(name), kind: fullPackument }),
  documents: [fullPackument, abbreviatedPackument],
  namesBelow,
  keys,
  document,
  file,
} satisfies UpstreamProtocol;

/** `@acme/`: all of a scope. https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md#get-v1search */
function* namesBelow(beginning: string): UpstreamSteps<readonly string[] | null> {
  const scope = /^@([^/]+)\/$/.exec(beginning)?.[1];
  const text = scope === undefined ? beginning : `scope:${scope}`;
  const names = yield* ask({ path: `-/v1/search?text=${encodeURIComponent(text)}&size=50`, read: readSearch });
  return names?.filter((name) => name.startsWith(beginning)) ?? null;
}

function readSearch(text: string): readonly string[] {
  const objects: unknown = member(JSON.parse(text) as JsonObject, 'objects');
  if (!Array.isArray(objects)) throw problem('invalid-json', 'The answer of a search has no objects.');
  return (objects as unknown[]).flatMap((each) => {
    const found = isObject(each) ? member(each, 'package') : undefined;
    const name = isObject(found) ? member(found, 'name') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

/** The abbreviated form where that is what the client wants, and no date or license is asked for: a tenth of the bytes. */
function* document({ kind, name, dates, licenses }: DocumentWanted): UpstreamSteps<Packument | null> {
  const wantsFull = kind.id === fullPackument.id;
  const form = wantsFull || dates || licenses === true ? 'full' : 'abbreviated';
  const read = wantsFull ? readFull : readAbbreviated;
  const packument = yield* ask({ path: pathOf(name.key), ...forms[form], read });
  if (packument !== null && packument.name !== name.key) {
    throw problem('invalid-json', 'The document is of another package.');
  }
  return packument;
}

/** Whichever form is here already names the tarball; dates and licenses stand in the full one alone. */
function* file(wanted: FileWanted): UpstreamSteps<UpstreamFile | null> {
  const { name, versionKey, fileName, role } = wanted;
  if (name === null || versionKey === null) return null;
  const needsFull = wanted.dates || wanted.licenses === true;
  const form = needsFull ? 'full' : 'abbreviated';
  const others = needsFull ? [] : [{ path: pathOf(name.key), ...forms.full }];
  const tarballs = yield* ask({ path: pathOf(name.key), ...forms[form], read: readTarballs, alternatives: others });
  const tarball = tarballs?.name === name.key ? tarballs.of.get(versionKey) : undefined;
  if (tarball === undefined) return null;
  const { url, digests, publishedAt, license, attestations } = tarball;
  const judged = { name, version: versionKey, publishedAt, license };
  if (role === null && fileName === tarballName(name.display, versionKey)) {
    return { ...judged, path: url, digests, looksLike: 'gzip' };
  }
  if (role === 'attestation' && attestations !== null && fileName === attestationName(name.display, versionKey)) {
    // Statements may be added to the same version; what they say is signed.
    return { ...judged, path: attestations, digests: {}, looksLike: 'json', mutable: true };
  }
  return null;
}

function* keys(): UpstreamSteps<readonly RegistryKey[]> {
  return (yield* ask({ path: '-/npm/v1/keys', accept: 'application/json', read: parseKeys })) ?? [];
}

function pathOf(name: string): string {
  return name.replace('/', '%2f');
}

/** Version → tarball, of a packument in either form. */
function readTarballs(text: string): { readonly name: string; readonly of: ReadonlyMap<string, Tarball> } {
  const packument = parsePackument(text, 'abbreviated');
  const document = JSON.parse(text) as JsonObject;
  const versions = member(document, 'versions') as JsonObject;
  const tarballs = new Map<string, Tarball>();
  for (const { version, publishedAt, license = null } of packument.entries) {
    const manifest = member(versions, version);
    const dist = isObject(manifest) ? member(manifest, 'dist') : undefined;
    const url = isObject(dist) ? member(dist, 'tarball') : undefined;
    const digests = isObject(dist) ? readDigests(dist) : null;
    if (typeof url !== 'string' || digests === null) continue;
    const attestations = attestationsAt(dist);
    tarballs.set(version, { url, digests, publishedAt, license, attestations });
  }
  return { name: packument.name, of: tarballs };
}

/** Where the version's statements are; `null` = it has none. */
function attestationsAt(dist: unknown): string | null {
  const attestations = isObject(dist) ? member(dist, 'attestations') : undefined;
  const url = isObject(attestations) ? member(attestations, 'url') : undefined;
  return typeof url === 'string' ? url : null;
}

/** `null` when what the document promises can't be read, or is nothing: then the tarball can't be trusted either. */
function readDigests(dist: JsonObject): PromisedDigests | null {
  try {
    const digests = promisedDigests(dist);
    return Object.keys(digests).length === 0 ? null : digests;
  } catch {
    return null;
  }
}
