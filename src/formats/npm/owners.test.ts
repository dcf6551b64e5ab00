import { expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';
import { parseName } from './names.ts';
import { replaceMaintainers } from './owners.ts';
import { revOf } from './revisions.ts';

const rev = revOf({ id: 3, revision: 7 });
const pkg = parseName('pkg');

function registry(): FakeRegistry {
  const fake = new FakeRegistry();
  fake.packages.set('pkg', packageOf('pkg', ['1.0.0']));
  return fake;
}

test('takes the whole new list, each name once', async () => {
  const fake = registry();
  const maintainers = [{ name: 'alice', email: 'a@b' }, { name: 'bob' }, { name: 'alice' }];
  expect(await replaceMaintainers(fake, pkg, { _id: 'pkg', _rev: rev, maintainers }, rev)).toMatchObject({
    status: 201,
    body: { ok: true },
  });
  expect(fake.writes).toEqual([['setMaintainers', 'pkg', ['alice', 'bob'], { ifRevision: 7 }]]);
});

test.each([
  [{}, 400],
  [{ maintainers: null }, 400],
  [{ maintainers: { name: 'alice' } }, 400],
  [{ maintainers: [] }, 400],
  [{ maintainers: ['alice'] }, 400],
  [{ maintainers: [null] }, 400],
  [{ maintainers: [{ name: 1 }] }, 400],
  [{ maintainers: [{ name: '' }] }, 400],
  [{ maintainers: [{ name: 'a\0' }] }, 400],
  [{ maintainers: Array.from({ length: 1_001 }, () => ({ name: 'alice' })) }, 400],
  [{ maintainers: [{ name: 'nobody' }] }, 404],
])('refuses %j with %i', async (document, status) => {
  const fake = registry();
  await expect(replaceMaintainers(fake, pkg, document, rev)).rejects.toMatchObject({ status });
  expect(fake.writes).toEqual([]);
});

test('a stale _rev is a conflict', async () => {
  const maintainers = [{ name: 'bob' }];
  const stale = revOf({ id: 3, revision: 6 });
  await expect(replaceMaintainers(registry(), pkg, { maintainers }, stale)).rejects.toMatchObject({ status: 409 });
});

test('pnpm: lists, adds and removes', async () => {
  const fake = registry();
  expect((await call(fake, 'GET', '/-/package/pkg/owners')).body).toEqual([
    { username: 'alice', email: 'alice@example.com' },
  ]);
  expect((await call(fake, 'PUT', '/-/package/pkg/owners', { user: 'bob' })).status).toBe(200);
  const two = [
    { username: 'alice', email: null },
    { username: 'bob', email: null },
  ];
  fake.packages.set('pkg', packageOf('pkg', ['1.0.0'], { maintainers: two }));
  expect((await call(fake, 'DELETE', '/-/package/pkg/owners/BOB')).status).toBe(200);
  expect(fake.writes).toEqual([
    ['setMaintainers', 'pkg', ['alice', 'bob'], { ifRevision: 7 }],
    ['setMaintainers', 'pkg', ['alice'], { ifRevision: 7 }],
  ]);
});

test.each([
  ['GET', '/-/package/nope/owners', undefined, 404],
  ['PUT', '/-/package/nope/owners', { user: 'bob' }, 404],
  ['PUT', '/-/package/pkg/owners', {}, 400],
  ['PUT', '/-/package/pkg/owners', 'null', 400],
  ['PUT', '/-/package/pkg/owners', { user: 'nobody' }, 404],
  ['DELETE', '/-/package/pkg/owners/bob', undefined, 404],
  ['DELETE', '/-/package/pkg/owners/alice', undefined, 400],
])('pnpm: %s %s %j answers %i', async (method, path, body, status) => {
  const fake = registry();
  expect((await call(fake, method, path, body)).status).toBe(status);
  expect(fake.writes).toEqual([]);
});
