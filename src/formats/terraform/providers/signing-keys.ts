import { dearmor } from '../../../lib/openpgp-armor.ts';
import { type OpenPgpPublicKey, readPublicKeys } from '../../../lib/openpgp-keys.ts';
import { InvalidOpenPgp } from '../../../lib/openpgp-packets.ts';
import { problem } from '../../../problems/problem.ts';
import type { FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { keysName } from './names.ts';

/** A key that a project's releases may be signed with: the manifest of a hidden version whose key is its fingerprint. */
export interface RegisteredKey {
  readonly keyId: string;
  readonly fingerprint: string;
  readonly armored: string;
}

const largestKey = 64 * 1024;

/** `PUT /signing-keys`, an armoured public key as the body. */
export async function registerKey(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const staged = await registry.stage(request.body());
  if (staged.size > largestKey) throw problem('invalid-parameter', 'The key has more than 64 KiB.');
  const armored = (await staged.read(0, staged.size)).toString('utf8');
  const [primary] = openPgp(() => readPublicKeys(dearmor('PUBLIC KEY BLOCK', armored)));
  if (primary === undefined) throw problem('invalid-parameter', 'The block holds no key.');
  const { keyId, fingerprint } = primary;
  const key: RegisteredKey = { keyId, fingerprint, armored };
  await registry.publish({
    name: keysName,
    version: { key: fingerprint, display: fingerprint },
    manifest: JSON.stringify(key),
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files: [{ name: `${fingerprint}.asc`, role: 'metadata', staged, uniqueKey: null, ifExists: 'replace' }],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    renewVersion: true,
    // It is no package that people look for.
    status: 'hidden',
  });
  return { status: 201, body: shown(key) };
}

/** `GET /signing-keys`. */
export async function listKeys(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: (await registeredKeys(registry)).map(shown) };
}

/** `DELETE /signing-keys/:fingerprint`, or by key id. What was signed with it before stays as it is. */
export async function removeKey({ params }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const wanted = (params['fingerprint'] ?? '').toUpperCase();
  const keys = await registeredKeys(registry);
  const key = keys.find(({ keyId, fingerprint }) => keyId === wanted || fingerprint === wanted);
  if (key === undefined) throw problem('not-found', 'The project has no such key.');
  await registry.removeVersions(keysName, [key.fingerprint], {});
  return { status: 204 };
}

/** `GET /signing-key.asc`: the registry's own. */
export async function ownKey(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { armored } = await registry.openPgpKey();
  return { status: 200, headers: { 'content-type': 'application/pgp-keys' }, body: armored };
}

export async function registeredKeys(registry: RegistryPort): Promise<readonly RegisteredKey[]> {
  const found = await registry.package(keysName, 'manifest');
  return found === null ? [] : found.versions.map(({ fragment }) => JSON.parse(fragment) as RegisteredKey);
}

/** Every key that a registered one holds, with the one that holds it. */
export function keysIn(registered: readonly RegisteredKey[]): ReadonlyMap<OpenPgpPublicKey, RegisteredKey> {
  return new Map(
    registered.flatMap((one) =>
      readPublicKeys(dearmor('PUBLIC KEY BLOCK', one.armored)).map((key) => [key, one] as const),
    ),
  );
}

/** What isn't OpenPGP is the sender's mistake. */
export function openPgp<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidOpenPgp) throw problem('invalid-parameter', error.message);
    throw error;
  }
}

function shown({ keyId, fingerprint, armored }: RegisteredKey): Record<string, string> {
  return { key_id: keyId, fingerprint, ascii_armor: armored };
}
