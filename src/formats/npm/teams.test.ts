import { beforeEach, expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { FakeRegistry } from '../../../test/npm/fake-registry.ts';

let registry: FakeRegistry;

beforeEach(() => {
  registry = new FakeRegistry();
  registry.accounts.groups.set(
    'acme',
    new Map([
      ['olga', 50],
      ['dan', 30],
      ['Dora', 30],
    ]),
  );
});

test('a group’s teams are its roles', async () => {
  expect((await call(registry, 'GET', '/-/org/acme/team?format=cli')).body).toEqual([
    'acme:guests',
    'acme:reporters',
    'acme:developers',
    'acme:maintainers',
    'acme:owners',
  ]);
});

test.each([
  ['developers', ['dan', 'Dora']],
  ['owners', ['olga']],
  ['guests', []],
])('the members of %s are %j', async (team, members) => {
  expect((await call(registry, 'GET', `/-/team/acme/${team}/user?format=cli`)).body).toEqual(members);
});

test('adding gives the role, removing takes it', async () => {
  expect((await call(registry, 'PUT', '/-/team/acme/maintainers/user', { user: 'bob' })).status).toBe(201);
  expect((await call(registry, 'DELETE', '/-/team/acme/developers/user', { user: 'dan' })).status).toBe(204);
  expect(registry.writes).toEqual([
    ['setGroupMember', 'acme', 'bob', 40],
    ['removeGroupMember', 'acme', 'dan'],
  ]);
});

test('nobody loses a role by leaving another team', async () => {
  const answer = await call(registry, 'DELETE', '/-/team/acme/developers/user', { user: 'olga' });
  expect(answer).toMatchObject({ status: 404, body: { error: 'olga is not in the team acme:developers.' } });
  expect(registry.writes).toEqual([]);
});

test.each([
  ['GET', '/-/org/nope/team', undefined, 404],
  ['GET', '/-/team/nope/developers/user', undefined, 404],
  ['GET', '/-/team/acme/heroes/user', undefined, 404],
  ['GET', '/-/team/acme/constructor/user', undefined, 404],
  ['PUT', '/-/team/acme/heroes/user', { user: 'bob' }, 404],
  ['PUT', '/-/team/nope/developers/user', { user: 'bob' }, 404],
  ['PUT', '/-/team/acme/developers/user', { user: 'nobody' }, 404],
  ['PUT', '/-/team/acme/developers/user', {}, 400],
  ['PUT', '/-/team/acme/developers/user', '"bob"', 400],
  ['DELETE', '/-/team/acme/developers/user', { user: 'nobody' }, 404],
  ['DELETE', '/-/team/acme/developers/user', undefined, 400],
  ['PUT', '/-/org/acme/team', { name: 'heroes' }, 405],
  ['DELETE', '/-/team/acme/heroes', undefined, 405],
  ['PUT', '/-/team/acme/developers/package', { package: 'pkg', permissions: 'read-only' }, 405],
  ['DELETE', '/-/team/acme/developers/package', { package: 'pkg' }, 405],
])('%s %s %j answers %i', async (method, path, body, status) => {
  const answer = await call(registry, method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ error: expect.stringMatching(/\w{4}/) });
  expect(registry.writes).toEqual([]);
});
