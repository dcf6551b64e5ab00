import { problem } from '../../../problems/problem.ts';
import type { UpstreamAnswerHead } from '../../upstream-protocol.ts';
import { isVersion } from '../names.ts';
import { dateOf } from '../upstream-dates.ts';
import { compareVersions } from '../versions-order.ts';
import type { SigningKey } from './release-list.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ForeignPlatform {
  readonly os: string;
  readonly arch: string;
}

/** A version as another registry lists it. */
export interface ForeignVersion {
  readonly version: string;
  readonly publishedAt: number | null;
  readonly protocols: readonly string[];
  readonly platforms: readonly ForeignPlatform[];
}

/** What another registry says of one platform of a version. Addresses are absolute. */
export interface ForeignPackage {
  readonly fileName: string;
  readonly archiveUrl: string;
  readonly sha256: string;
  readonly sumsUrl: string;
  readonly signatureUrl: string;
  readonly keys: readonly SigningKey[];
  /** `h1:` by platform (`linux_amd64`): OpenTofu's `packages`. */
  readonly h1: ReadonlyMap<string, string>;
}

const platformPart = /^[a-z0-9]{1,32}$/;
const mostKeys = 50;

/** https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#list-available-versions, the lowest first. */
export function readVersions(text: string): readonly ForeignVersion[] {
  const { versions } = JSON.parse(text) as Fields;
  if (!Array.isArray(versions)) throw problem('invalid-json', 'The list names no versions.');
  const found = objectsOf(versions).flatMap((one): ForeignVersion[] => {
    const version = textOf(one['version']).replace(/^v/, '');
    if (!isVersion(version)) return [];
    const publishedAt = dateOf(one['published_at']);
    return [{ version, publishedAt, protocols: textsOf(one['protocols']), platforms: platformsOf(one['platforms']) }];
  });
  const first = new Map(found.toReversed().map((one) => [one.version, one]));
  return [...first.values()].toSorted((a, b) => compareVersions(a.version, b.version));
}

function platformsOf(value: unknown): readonly ForeignPlatform[] {
  const platforms = objectsOf(value).map(({ os, arch }) => ({ os: textOf(os), arch: textOf(arch) }));
  return platforms.filter(({ os, arch }) => platformPart.test(os) && platformPart.test(arch));
}

/** https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#find-a-provider-package */
export function readPackage(text: string, { url }: UpstreamAnswerHead): ForeignPackage {
  const fields = JSON.parse(text) as Fields;
  const sha256 = textOf(fields['shasum']).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw problem('invalid-json', 'The answer has no SHA-256.');
  const { gpg_public_keys: keys } = (fields['signing_keys'] ?? {}) as Fields;
  return {
    fileName: textOf(fields['filename']),
    archiveUrl: addressIn(fields['download_url'], url),
    sha256,
    sumsUrl: addressIn(fields['shasums_url'], url),
    signatureUrl: addressIn(fields['shasums_signature_url'], url),
    keys: objectsOf(keys).slice(0, mostKeys).map(keyOf),
    h1: firstHashes(fields['packages']),
  };
}

function keyOf(key: Fields): SigningKey {
  return {
    keyId: textOf(key['key_id']),
    armored: textOf(key['ascii_armor']),
    trustSignature: textOf(key['trust_signature']),
    source: textOf(key['source']),
  };
}

function firstHashes(packages: unknown): ReadonlyMap<string, string> {
  if (typeof packages !== 'object' || packages === null) return new Map();
  return new Map(
    Object.entries(packages as Fields).flatMap(([platform, of]): [string, string][] => {
      const { h1 } = hashesIn((of as Fields | null)?.['hashes']);
      return h1 === null ? [] : [[platform, h1]];
    }),
  );
}

/** The two kinds of hashes of lock files: `h1:<base64>`, and `zh:<hex>` without its name. */
export function hashesIn(hashes: unknown): { readonly h1: string | null; readonly zh: string | null } {
  const texts = textsOf(hashes);
  const h1 = texts.find((text) => /^h1:[A-Za-z0-9+/]{43}=$/.test(text)) ?? null;
  const zh = texts.find((text) => /^zh:[0-9a-f]{64}$/.test(text))?.slice('zh:'.length) ?? null;
  return { h1, zh };
}

export function addressIn(link: unknown, base: string): string {
  if (typeof link !== 'string' || link === '' || !URL.canParse(link, base)) {
    throw problem('invalid-json', 'The answer lacks an address.');
  }
  return new URL(link, base).href;
}

export function isPlatformPart(text: string): boolean {
  return platformPart.test(text);
}

function objectsOf(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter((one) => typeof one === 'object' && one !== null) as Fields[];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === 'string') : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
