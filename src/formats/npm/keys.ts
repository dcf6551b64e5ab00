import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { keyKind } from './keys-parse.ts';

/** `GET /-/npm/v1/keys`: the keys that `dist.signatures` are checked with; 404 says that nothing is signed. */
export async function listKeys(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const keys = await registry.signingKeys();
  if (keys.length === 0) throw problem('not-found', 'This registry does not sign packages.');
  return {
    status: 200,
    body: {
      keys: keys.map((key) => ({
        expires: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
        keyid: key.keyId,
        keytype: keyKind,
        scheme: keyKind,
        key: key.spki,
      })),
    },
  };
}
