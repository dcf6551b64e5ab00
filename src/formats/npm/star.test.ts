import { expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { alice, anonymous, deployToken, FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';
import { parseName } from './names.ts';
import { revOf } from './revisions.ts';
import { starPackage } from './star.ts';

const pkg = parseName('pkg');

function registry(caller = alice): FakeRegistry {
  const fake = new FakeRegistry();
  fake.caller = caller;
  fake.packages.set('pkg', packageOf('pkg', ['1.0.0']));
  fake.packages.set('@s/pkg', packageOf('@s/pkg', ['1.0.0']));
  return fake;
}

test.each([
  [{ alice: true, bob: true }, true],
  [{ bob: true }, false],
  [{}, false],
  [{ alice: false }, false],
])('a document’s users %j star or unstar for the caller alone', async (users, starred) => {
  const fake = registry();
  expect(await starPackage(fake, pkg, { _id: 'pkg', users }, null)).toMatchObject({ body: { ok: true } });
  expect(fake.writes).toEqual([['setStar', 'pkg', starred]]);
});

test('a caller called constructor has no star by inheritance', async () => {
  const fake = registry({ ...alice, username: 'constructor' });
  await starPackage(fake, pkg, { users: {} }, null);
  expect(fake.writes).toEqual([['setStar', 'pkg', false]]);
});

test.each([[{}], [{ users: null }], [{ users: ['alice'] }], [{ users: 1 }]])('refuses %j', async (document) => {
  await expect(starPackage(registry(), pkg, document, null)).rejects.toMatchObject({ status: 400 });
});

test('wants a person, a known package and a fresh _rev', async () => {
  await expect(starPackage(registry(anonymous), pkg, { users: {} }, null)).rejects.toMatchObject({ status: 401 });
  await expect(starPackage(registry(deployToken), pkg, { users: {} }, null)).rejects.toMatchObject({ status: 403 });
  await expect(starPackage(registry(), parseName('nope'), { users: {} }, null)).rejects.toMatchObject({ status: 404 });
  const stale = revOf({ id: 3, revision: 6 });
  await expect(starPackage(registry(), pkg, { users: {} }, stale)).rejects.toMatchObject({ status: 409 });
});

test.each([
  ['PUT', '/-/user/v1/star', { name: 'pkg', package: 'pkg' }, 'pkg', true],
  ['PUT', '/-/user/v1/star', { name: '@s/pkg' }, '@s/pkg', true],
  ['DELETE', '/-/user/v1/star', { name: 'pkg', package: 'pkg' }, 'pkg', false],
  ['PUT', '/-/user/package/@s%2fpkg/star', undefined, '@s/pkg', true],
  ['DELETE', '/-/user/package/@s%2Fpkg/star', undefined, '@s/pkg', false],
])('pnpm: %s %s %j', async (method, path, body, name, starred) => {
  const fake = registry();
  expect((await call(fake, method, path, body)).status).toBe(200);
  expect(fake.writes).toEqual([['setStar', name, starred]]);
});

test.each([
  ['PUT', '/-/user/v1/star', undefined, 400],
  ['PUT', '/-/user/v1/star', '[]', 400],
  ['PUT', '/-/user/v1/star', '{"package":1}', 400],
  ['PUT', '/-/user/v1/star', '{"__proto__":{"name":"pkg"}}', 400],
  ['PUT', '/-/user/v1/star', { name: 'nope' }, 404],
  ['DELETE', '/-/user/package/nope/star', undefined, 404],
])('pnpm: %s %s %j answers %i', async (method, path, body, status) => {
  const fake = registry();
  expect((await call(fake, method, path, body)).status).toBe(status);
  expect(fake.writes).toEqual([]);
});

test('lists the stars of a user, in npm’s shape and in pnpm’s', async () => {
  const fake = registry();
  fake.stars.set('alice', ['pkg', '__proto__']);
  const rows = [{ value: 'pkg' }, { value: '__proto__' }];
  expect((await call(fake, 'GET', '/-/_view/starredByUser?key=%22alice%22')).body).toMatchObject({ rows });
  expect((await call(fake, 'GET', '/-/_view/starredByUser?key=alice')).body).toMatchObject({ rows });
  expect((await call(fake, 'GET', '/-/_view/starredByUser?key=%22nobody%22')).body).toEqual({ rows: [] });
  expect((await call(fake, 'GET', '/-/user/v1/star')).body).toEqual(['pkg', '__proto__']);
  expect((await call(fake, 'GET', '/-/user/alice/stars')).body).toEqual(['pkg', '__proto__']);
  expect((await call(registry(anonymous), 'GET', '/-/user/v1/star')).status).toBe(401);
});

test.each(['', '?key=', '?key=%22', '?key=%22%22', '?key=%22a%5Cu0000%22', '?key=a%00'])(
  'starredByUser%s has no user',
  async (query) => {
    expect((await call(registry(), 'GET', `/-/_view/starredByUser${query}`)).status).toBe(400);
  },
);
