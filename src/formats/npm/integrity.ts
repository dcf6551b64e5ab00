import type { PromisedDigests } from '../../lib/digests.ts';
import { problem } from '../../problems/problem.ts';
import { type JsonObject, member } from './json-body.ts';

const known = { sha1: 20, sha256: 32, sha512: 64 } as const;

/**
 * What a manifest's `dist` promises of its tarball: `shasum` (SHA-1 in hex) and `integrity` (Subresource Integrity, which may
 * list several: https://www.w3.org/TR/SRI/). Algorithms that aren't computed here can't be checked; an integrity made of nothing
 * else is refused, as is one that can't be read.
 */
export function promisedDigests(dist: JsonObject): PromisedDigests {
  const promised: { -readonly [A in keyof PromisedDigests]: PromisedDigests[A] } = {};
  const integrity = optional(dist, 'integrity');
  for (const part of integrity?.split(/\s+/) ?? []) {
    const [, algorithm = '', base64 = ''] = /^(sha\d+)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(part) ?? [];
    if (algorithm === '') throw problem('invalid-request', '"dist.integrity" must be like "sha512-<base64>".');
    const digest = Buffer.from(base64, 'base64');
    if (!Object.hasOwn(known, algorithm)) continue;
    if (digest.length !== known[algorithm as keyof typeof known]) {
      throw problem('invalid-request', `"dist.integrity" has a ${algorithm} of a wrong length.`);
    }
    promised[algorithm as keyof typeof known] = digest.toString('hex');
  }
  if (integrity !== null && Object.keys(promised).length === 0) {
    throw problem('invalid-request', '"dist.integrity" must have a sha512.');
  }
  const shasum = optional(dist, 'shasum')?.toLowerCase();
  if (shasum === undefined) return promised;
  if (!/^[0-9a-f]{40}$/.test(shasum)) throw problem('invalid-request', '"dist.shasum" must be a SHA-1 in hex.');
  if (promised.sha1 !== undefined && promised.sha1 !== shasum) {
    throw problem('digest-mismatch', '"dist.shasum" and "dist.integrity" promise two different SHA-1.');
  }
  return { ...promised, sha1: shasum };
}

/** The digest as `dist.integrity` shows it. */
export function integrityOf(sha512: string): string {
  return `sha512-${Buffer.from(sha512, 'hex').toString('base64')}`;
}

function optional(dist: JsonObject, key: string): string | null {
  const value = member(dist, key);
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw problem('invalid-request', `"dist.${key}" must be text.`);
  return value.trim();
}
