import type { PromisedDigests } from '../../registry/model.ts';
import type { UpstreamAnswerHead } from '../upstream-protocol.ts';
import type { NuGetManifest } from './manifest.ts';
import { parseVersion } from './nuget-version.ts';
import type { NuGetPackage, PackageEntry } from './package-entries.ts';
import { parseRegistration } from './registration-parse.ts';

/** What a download needs to know of a version. */
export interface UpstreamLeaf {
  /** Normal form in lower case. */
  readonly key: string;
  /** Milliseconds since the epoch; `null` = not said. */
  readonly publishedAt: number | null;
  readonly license: string | null;
  /** Where the catalogue has the version's details; `null` = nowhere. */
  readonly catalog: string | null;
}

/** A registration index or page of another source. */
export interface RegistrationText {
  readonly nuget: NuGetPackage;
  /** Whose versions it lists, in lower case: one, unless the source is wrong. */
  readonly ids: ReadonlySet<string>;
  readonly leaves: readonly UpstreamLeaf[];
  /** Pages that it only names. */
  readonly pages: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** https://learn.microsoft.com/nuget/api/registration-base-url-resource */
export function readRegistration(text: string, { url }: UpstreamAnswerHead): RegistrationText {
  const document = JSON.parse(text) as unknown;
  if (!isFields(document) || !Array.isArray(document['items'])) throw new Error('no registration');
  const nuget = parseRegistration(text);
  const entries = new Map(nuget.entries.map((entry) => [entry.parsed.key, entry]));
  const leaves: UpstreamLeaf[] = [];
  const pages: string[] = [];
  for (const item of document['items'].filter(isFields)) {
    if (isFields(item['catalogEntry'])) leaves.push(...leafOf(item['catalogEntry'], entries, url));
    else if (Array.isArray(item['items'])) {
      for (const leaf of item['items'].filter(isFields)) {
        if (isFields(leaf['catalogEntry'])) leaves.push(...leafOf(leaf['catalogEntry'], entries, url));
      }
    } else pages.push(...linkOf(item['@id'], url));
  }
  return { nuget, ids: new Set(nuget.entries.map(idOf)), leaves, pages };
}

function idOf({ fragment }: PackageEntry): string {
  return (JSON.parse(fragment) as NuGetManifest).id.toLowerCase();
}

function leafOf(entry: Fields, entries: ReadonlyMap<string, PackageEntry>, url: string): UpstreamLeaf[] {
  const key = parseVersion(typeof entry['version'] === 'string' ? entry['version'] : '')?.key;
  if (key === undefined) return [];
  const [catalog = null] = linkOf(entry['@id'], url);
  const { publishedAt = null, license = null } = entries.get(key) ?? {};
  return [{ key, publishedAt, license, catalog }];
}

function linkOf(link: unknown, base: string): string[] {
  if (typeof link !== 'string' || !URL.canParse(link, base)) return [];
  const { href, hash } = new URL(link, base);
  return [href.slice(0, href.length - hash.length)];
}

/** Of a leaf of the catalogue: https://learn.microsoft.com/nuget/api/catalog-resource#package-details-catalog-items. */
export function readPackageHash(text: string): PromisedDigests {
  const leaf = JSON.parse(text) as unknown;
  if (!isFields(leaf)) throw new Error('no leaf');
  const { packageHash: hash, packageHashAlgorithm: algorithm } = leaf;
  if (typeof hash !== 'string' || algorithm !== 'SHA512') return {};
  const sha512 = Buffer.from(hash, 'base64').toString('hex');
  return sha512.length === 128 ? { sha512 } : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
