import { expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { FakeRegistry, now } from '../../../test/npm/fake-registry.ts';

test('shows every key that was ever signed with', async () => {
  const registry = new FakeRegistry();
  registry.keys = [
    { keyId: 'SHA256:new', spki: 'TkVX', expiresAt: null },
    { keyId: 'SHA256:old', spki: 'T0xE', expiresAt: now },
  ];
  const kind = { keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256' };
  expect((await call(registry, 'GET', '/-/npm/v1/keys')).body).toEqual({
    keys: [
      { expires: null, keyid: 'SHA256:new', key: 'TkVX', ...kind },
      { expires: '2026-02-03T04:05:06.789Z', keyid: 'SHA256:old', key: 'T0xE', ...kind },
    ],
  });
});

test('without keys the 404 says that nothing is signed', async () => {
  expect((await call(new FakeRegistry(), 'GET', '/-/npm/v1/keys')).status).toBe(404);
});
