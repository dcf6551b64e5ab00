import { isObject, member } from './json-body.ts';

export interface RegistryKey {
  readonly keyId: string;
  /** Base64 of the DER SubjectPublicKeyInfo. */
  readonly spki: string;
  /** Milliseconds since the epoch; `null` = in use. */
  readonly expiresAt: number | null;
}

/** What npm has: https://docs.npmjs.com/about-registry-signatures */
export const keyKind = 'ecdsa-sha2-nistp256';
const mostKeys = 100;

/** `/-/npm/v1/keys` of another registry: its keys of the one kind there is. Throws where it is something else. */
export function parseKeys(text: string): readonly RegistryKey[] {
  const document: unknown = JSON.parse(text);
  const keys = isObject(document) ? member(document, 'keys') : undefined;
  if (!Array.isArray(keys)) throw new Error('no list of keys');
  return keys.slice(0, mostKeys).flatMap((key: unknown) => (isObject(key) ? keyOf((name) => member(key, name)) : []));
}

function keyOf(field: (name: string) => unknown): RegistryKey[] {
  const [keyId, spki, expires] = [field('keyid'), field('key'), field('expires')];
  if (field('keytype') !== keyKind || field('scheme') !== keyKind) return [];
  if (typeof keyId !== 'string' || !/^[\w:+/=.-]{1,200}$/.test(keyId)) return [];
  if (typeof spki !== 'string' || !/^[A-Za-z0-9+/]{1,1000}={0,2}$/.test(spki)) return [];
  const expiresAt = typeof expires === 'string' ? Date.parse(expires) : null;
  return Number.isNaN(expiresAt) ? [] : [{ keyId, spki, expiresAt }];
}
