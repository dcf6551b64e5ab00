import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry } from '../../../test/npm/fake-registry.ts';

const path = '/-/user/org.couchdb.user:alice';
const good = { _id: 'org.couchdb.user:alice', name: 'alice', password: 'right', type: 'user', roles: [] };

test.each([path, `${path}/-rev/1-1`, '/-/user/org.couchdb.user%3Aalice'])(
  'PUT %s gives a token for the password',
  async (url) => {
    const registry = new FakeRegistry();
    const answer = await call(registry, 'PUT', url, good);
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store' },
      body: { ok: true, id: 'org.couchdb.user:alice', token: 'pyat-fresh' },
    });
    expect(registry.writes).toEqual([['login', 'alice', 'npm login']]);
    expect(needsOf('PUT', url)).toBe('nothing');
  },
);

test.each([
  ['a wrong password', path, { ...good, password: 'wrong' }, 401],
  ['no password', path, { name: 'alice' }, 401],
  ['an empty password', path, { ...good, password: '' }, 401],
  ['a password that is null', path, { ...good, password: null }, 401],
  ['a password that is an object', path, { ...good, password: {} }, 400],
  [
    'an unknown user, who would sign up',
    '/-/user/org.couchdb.user:carol',
    { ...good, name: 'carol', email: 'c@d' },
    401,
  ],
  ['another user in the body', path, { ...good, name: 'bob' }, 400],
  ['an array', path, '[]', 400],
  ['null', path, 'null', 400],
  ['no JSON', path, '{', 400],
  ['nothing', path, undefined, 400],
  ['an inherited password', path, '{"__proto__":{"password":"right"}}', 401],
  ['many bytes', path, { ...good, roles: ['x'.repeat(70_000)] }, 413],
  ['no user document', '/-/user/alice', good, 404],
  ['no name', '/-/user/org.couchdb.user:', good, 404],
])('%s gives no token', async (_case, url, body, status) => {
  const registry = new FakeRegistry();
  const answer = await call(registry, 'PUT', url, body);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).not.toMatch(/one-time pass|otp|token"/i);
  expect(registry.writes).toEqual([]);
});

test.each([
  ['alice', 200, { name: 'alice', email: 'alice@example.com' }],
  ['bob', 200, { name: 'bob', email: '' }],
])('GET shows the user %s', async (name, status, body) => {
  const answer = await call(new FakeRegistry(), 'GET', `/-/user/org.couchdb.user:${name}?write=true`);
  expect(answer).toMatchObject({ status, body: { _id: `org.couchdb.user:${name}`, type: 'user', roles: [], ...body } });
});

test.each(['nobody', '__proto__', 'constructor'])('GET of %s is a 404', async (name) => {
  expect((await call(new FakeRegistry(), 'GET', `/-/user/org.couchdb.user:${name}`)).status).toBe(404);
  expect(needsOf('GET', path)).toBe('caller');
});

test('logout revokes the token in the path, once', async () => {
  const registry = new FakeRegistry();
  registry.accounts.views = [
    { id: 1, name: 'npm login', hint: 'pyat-abc', scopes: ['api'], createdAt: 0, expiresAt: null, lastUsedAt: null },
  ];
  expect(await call(registry, 'DELETE', '/-/user/token/pyat-abc-whole')).toMatchObject({
    status: 200,
    body: { ok: true },
  });
  expect((await call(registry, 'DELETE', '/-/user/token/pyat-other')).status).toBe(404);
  expect(registry.writes).toEqual([['revokeToken', 'pyat-abc-whole']]);
});
