import { beforeEach, expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry } from '../../../test/npm/fake-registry.ts';

let registry: FakeRegistry;

beforeEach(() => {
  registry = new FakeRegistry();
  const members = [
    ['olga', 50],
    ['mia', 40],
    ['dan', 30],
    ['rob', 20],
    ['gus', 10],
    ['__proto__', 10],
  ] as const;
  registry.accounts.groups.set('acme', new Map(members));
  registry.accounts.groups.set('acme/tools', new Map([['olga', 50]]));
});

test('lists members with npm’s roles, and GitLab’s where npm has none', async () => {
  const { body } = await call(registry, 'GET', '/-/org/acme/user');
  expect(Object.entries(body as object)).toEqual([
    ['olga', 'owner'],
    ['mia', 'admin'],
    ['dan', 'developer'],
    ['rob', 'reporter'],
    ['gus', 'guest'],
    ['__proto__', 'guest'],
  ]);
});

test.each(['/-/org/acme%2ftools/user', '/-/org/acme%2Ftools/user'])('%s is a subgroup', async (path) => {
  expect((await call(registry, 'GET', path)).body).toEqual({ olga: 'owner' });
});

test.each([
  [{ user: 'bob', role: 'admin' }, 40, 'admin'],
  [{ user: 'bob', role: 'owner' }, 50, 'owner'],
  [{ user: 'bob', role: 'developer' }, 30, 'developer'],
  [{ user: 'bob' }, 30, 'developer'],
  [{ user: 'bob', role: null }, 30, 'developer'],
  [{ user: 'bob', role: 'reporter' }, 20, 'reporter'],
])('%j sets the level %i', async (body, level, role) => {
  const answer = await call(registry, 'PUT', '/-/org/acme/user', body);
  expect(answer).toMatchObject({ status: 200, body: { org: { name: 'acme', size: 7 }, user: 'bob', role } });
  expect(registry.writes).toEqual([['setGroupMember', 'acme', 'bob', level]]);
});

test('removes a member, the name in the body of the DELETE', async () => {
  expect((await call(registry, 'DELETE', '/-/org/acme/user', { user: 'dan' })).status).toBe(204);
  expect(registry.writes).toEqual([['removeGroupMember', 'acme', 'dan']]);
});

test.each([
  ['GET', '/-/org/nope/user', undefined, 404],
  ['GET', '/-/org/__proto__/user', undefined, 404],
  ['PUT', '/-/org/nope/user', { user: 'bob' }, 404],
  ['PUT', '/-/org/acme/user', { user: 'nobody' }, 404],
  ['PUT', '/-/org/acme/user', { user: 'bob', role: 'king' }, 400],
  ['PUT', '/-/org/acme/user', { user: 'bob', role: 'constructor' }, 400],
  ['PUT', '/-/org/acme/user', { user: 'bob', role: 50 }, 400],
  ['PUT', '/-/org/acme/user', { role: 'owner' }, 400],
  ['PUT', '/-/org/acme/user', { user: ['bob'] }, 400],
  ['PUT', '/-/org/acme/user', 'null', 400],
  ['DELETE', '/-/org/acme/user', { user: 'nobody' }, 404],
  ['DELETE', '/-/org/acme/user', {}, 400],
  ['DELETE', '/-/org/acme/user', undefined, 400],
  ['DELETE', '/-/org/acme/user', '["dan"]', 400],
])('%s %s %j answers %i', async (method, path, body, status) => {
  expect((await call(registry, method, path, body)).status).toBe(status);
  expect(registry.writes).toEqual([]);
});

test('anonymous callers are turned away', () => {
  for (const method of ['GET', 'PUT', 'DELETE']) expect(needsOf(method, '/-/org/acme/user')).toBe('caller');
});
