/** Signatures and attestations of npm packages that come from elsewhere: as they are, with the keys that they are checked with. */
import { createPublicKey, verify } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { newSigningKey, SigningKeys } from '../../src/registry/signing-keys.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { npmWire } from './npm-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
const theirs = new SigningKeys(newSigningKey());
const kind = { keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256' };
let name: string;

beforeEach(async () => {
  name = `thing-${scene.count}`;
  scene.upstream.on('/-/npm/v1/keys', {
    keys: [{ keyid: theirs.public.keyId, key: theirs.public.spki, expires: null, ...kind }],
  });
  const { integrity } = await npmPackage({ name });
  const { keyId, signature } = theirs.sign(`${name}@1.0.0:${integrity}`);
  const attestations = {
    url: `${scene.upstream.url}/-/npm/v1/attestations/${name}@1.0.0`,
    provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
  };
  await offerNpm(scene.upstream, name, [{ dist: { signatures: [{ keyid: keyId, sig: signature }], attestations } }]);
});

interface Keys {
  readonly keys: readonly { readonly keyid: string; readonly key: string; readonly expires: string | null }[];
}
interface Document {
  readonly versions: Record<
    string,
    { dist: { integrity: string; signatures: { keyid: string; sig: string }[]; attestations?: { url: string } } }
  >;
}

/** As `npm audit signatures` does. */
async function isSigned(of: string): Promise<boolean> {
  const { keys } = await scene.json<Keys>('-/npm/v1/keys');
  const dist = (await scene.json<Document>(of)).versions['1.0.0']?.dist;
  const [signature] = dist?.signatures ?? [];
  const key = keys.find(({ keyid }) => keyid === signature?.keyid);
  if (dist === undefined || signature === undefined || key === undefined) return false;
  const spki = createPublicKey({ key: Buffer.from(key.key, 'base64'), format: 'der', type: 'spki' });
  return verify('sha256', Buffer.from(`${of}@1.0.0:${dist.integrity}`), spki, Buffer.from(signature.sig, 'base64'));
}

test('what is ours and what is theirs is checked with the keys of one answer', async () => {
  const ours = `ours-${scene.count}`;
  const put = await npmWire(scene.project.npm, scene.server.rootToken).put(await npmPackage({ name: ours }));
  expect(put.status).toBe(201);
  expect([await isSigned(name), await isSigned(ours)]).toEqual([true, true]);
});

test('keys stay while the upstream is down; where there are none yet, it is 502', async () => {
  expect(await isSigned(name)).toBe(true);
  scene.now += 2 * hour;
  scene.upstream.down();
  expect(await isSigned(name)).toBe(true);
  await scene.server.api('DELETE', `/virtual_registries/packages/npm/upstreams/${scene.upstreamId}/cache`);
  expect((await scene.get('-/npm/v1/keys')).status).toBe(502);
});

test('an upstream without keys, and one that answers nonsense', async () => {
  scene.upstream.on('/-/npm/v1/keys', '<html>Sign in</html>');
  expect((await scene.get('-/npm/v1/keys')).status).toBe(502);
  scene.upstream.on('/-/npm/v1/keys', (_request, response) => void response.writeHead(404).end());
  expect((await scene.json<Keys>('-/npm/v1/keys')).keys).toHaveLength(1);
});

test('a key of theirs does not stand in for ours, and odd ones are left out', async () => {
  const { keys } = await scene.json<Keys>('-/npm/v1/keys');
  const ours = keys.find(({ keyid }) => keyid !== theirs.public.keyId);
  const forged = { key: theirs.public.spki, expires: null, ...kind };
  scene.upstream.on('/-/npm/v1/keys', {
    keys: [
      { ...forged, keyid: ours?.keyid },
      { ...forged, keyid: 'a"b' },
      { ...forged, keyid: 'rsa', keytype: 'rsa' },
      { ...forged, keyid: 'when', expires: 'soon' },
      null,
    ],
  });
  scene.now += hour;
  expect((await scene.json<Keys>('-/npm/v1/keys')).keys).toEqual([ours]);
});

const path = (): string => `-/npm/v1/attestations/${name}@1.0.0`;
const statements = {
  attestations: [
    { predicateType: 'a', bundle: { x: 1 } },
    { predicateType: 'b', bundle: { y: 2 } },
  ],
};

test('attestations come through as they are, at the address that the document names', async () => {
  scene.upstream.on(`/${path()}`, statements);
  const document = await scene.json<Document>(name);
  expect(document.versions['1.0.0']?.dist.attestations?.url).toBe(`${scene.registry.url}/${path()}`);
  expect(await scene.json(path())).toEqual(statements);
  scene.upstream.down();
  expect(await scene.json(path())).toEqual(statements);
});

test('a version without attestations, one that fails, and one that policy hides', async () => {
  scene.upstream.on(`/${path()}`, '<html>Sign in</html>');
  expect((await scene.get(path())).status).toBe(502);
  const other = `plain-${scene.count}`;
  await offerNpm(scene.upstream, other, [{}]);
  expect((await scene.get(`-/npm/v1/attestations/${other}@1.0.0`)).status).toBe(404);
  await scene.changeUpstream({ rules: [{ kind: 'deny', name }] });
  scene.upstream.on(`/${path()}`, statements);
  expect((await scene.get(path())).status).toBe(403);
});

test('attestations at a place that the upstream may not send us to', async () => {
  const { integrity } = await npmPackage({ name });
  const attestations = { url: 'http://169.254.169.254/latest' };
  await offerNpm(scene.upstream, name, [{ dist: { integrity, attestations } }]);
  expect((await scene.get(path())).status).toBe(502);
});
