import { expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { anonymous, FakeRegistry } from '../../../test/npm/fake-registry.ts';

function registry(): FakeRegistry {
  const fake = new FakeRegistry();
  fake.owned.set('user alice', [
    { name: 'pkg', access: 'write' },
    { name: '__proto__', access: 'read' },
  ]);
  fake.owned.set('group acme', [
    { name: '@s/pkg', access: 'read' },
    { name: '@s/pkg', access: 'write' },
    { name: '@s/pkg', access: 'read' },
  ]);
  fake.owned.set('group acme/tools', []);
  return fake;
}

test.each([
  [
    '/-/user/alice/package',
    [
      ['pkg', 'write'],
      ['__proto__', 'read'],
    ],
  ],
  ['/-/org/acme/package', [['@s/pkg', 'write']]],
  ['/-/org/acme%2ftools/package', []],
  ['/-/team/acme/reporters/package', [['@s/pkg', 'read']]],
  ['/-/team/acme/developers/package', [['@s/pkg', 'write']]],
])('GET %s → %j', async (path, entries) => {
  const { status, body } = await call(registry(), 'GET', path);
  expect(status).toBe(200);
  expect(Object.entries(body as object)).toEqual(entries);
});

test.each(['/-/org/nope/package', '/-/user/nope/package', '/-/team/nope/developers/package', '/-/team/acme/x/package'])(
  '%s is not found, so that npm asks on',
  async (path) => {
    expect((await call(registry(), 'GET', path)).status).toBe(404);
  },
);

test('anonymous callers are turned away', async () => {
  const fake = registry();
  fake.caller = anonymous;
  for (const path of ['/-/user/alice/package', '/-/org/acme/package']) {
    expect((await call(fake, 'GET', path)).status).toBe(401);
  }
});
