import { expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { FakeRegistry, now } from '../../../test/npm/fake-registry.ts';
import type { TokenView } from '../format.ts';

const url = '/-/npm/v1/tokens';
const day = 86_400_000;

function view(id: number, rest: Partial<TokenView> = {}): TokenView {
  const fixed = { name: `t${id}`, hint: `pyat-${id}`, createdAt: now, expiresAt: null, lastUsedAt: null };
  return { id, scopes: ['api'], ...fixed, ...rest };
}

function registryWith(count: number): FakeRegistry {
  const registry = new FakeRegistry();
  registry.accounts.views = Array.from({ length: count }, (_, index) => view(index + 1));
  return registry;
}

test('lists tokens with what npm needs of each', async () => {
  const registry = new FakeRegistry();
  registry.accounts.views = [view(1, { scopes: ['read_package_registry'], expiresAt: now + day }), view(18)];
  expect((await call(registry, 'GET', url)).body).toEqual({
    objects: [
      {
        token: 'pyat-1',
        key: '10000000',
        name: 't1',
        cidr_whitelist: null,
        readonly: true,
        created: '2026-02-03T04:05:06.789Z',
        updated: '2026-02-03T04:05:06.789Z',
        expires: '2026-02-04T04:05:06.789Z',
      },
      expect.objectContaining({ token: 'pyat-18', key: '21000000', readonly: false, expires: null }),
    ],
    total: 2,
    urls: {},
  });
});

test('npm gets from page to page', async () => {
  const registry = registryWith(120);
  const seen: string[] = [];
  let next: string | undefined = url;
  while (next !== undefined) {
    const { body } = await call(registry, 'GET', next);
    const page = body as { objects: { name: string }[]; total: number; urls: { next?: string } };
    expect(page.total).toBe(120);
    seen.push(...page.objects.map(({ name }) => name));
    next = page.urls.next;
  }
  expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => `t${index + 1}`));
});

test.each([
  ['?page=1&perPage=100', 20, {}],
  ['?page=0&perPage=9999', 100, { next: '/-/npm/v1/tokens?page=1&perPage=100' }],
  ['?perPage=0', 1, { next: '/-/npm/v1/tokens?page=1&perPage=1' }],
  ['?page=7', 0, {}],
])('%s shows %i tokens', async (query, count, urls) => {
  const { body } = await call(registryWith(120), 'GET', url + query);
  expect((body as { objects: unknown[] }).objects).toHaveLength(count);
  expect(body).toMatchObject({ urls });
});

test.each(['?page=-1', '?page=x', '?perPage=1.5', '?perPage=1e3'])('%s is refused', async (query) => {
  expect((await call(registryWith(1), 'GET', url + query)).status).toBe(400);
});

test.each([
  ['npm 11', { name: 'ci', password: 'right' }, { name: 'ci', readOnly: false, expiresAt: null }],
  ['a description', { password: 'right', description: 'for ci' }, { name: 'for ci', readOnly: false, expiresAt: null }],
  [
    'npm 10',
    { password: 'right', readonly: true, cidr_whitelist: [] },
    { name: 'npm token', readOnly: true, expiresAt: null },
  ],
  [
    'npm 12',
    {
      name: 'ci',
      password: 'right',
      expires: 30,
      packages_all: true,
      packages_and_scopes_permission: 'read-only',
      orgs_permission: 'no-access',
      bypass_2fa: true,
    },
    { name: 'ci', readOnly: true, expiresAt: now + 30 * day },
  ],
  [
    'write permission in words',
    { name: 'ci', password: 'right', packages_and_scopes_permission: 'read-write', orgs_permission: 'read-write' },
    { name: 'ci', readOnly: false, expiresAt: null },
  ],
])('creates what %s asks for', async (_client, body, wanted) => {
  const registry = new FakeRegistry();
  const answer = await call(registry, 'POST', url, body);
  expect(answer).toMatchObject({
    status: 201,
    headers: { 'cache-control': 'no-store' },
    body: { token: 'pyat-fresh', key: '21000000', readonly: wanted.readOnly },
  });
  expect(registry.writes).toEqual([['createToken', wanted]]);
});

test.each([
  ['a wrong password', { name: 'ci', password: 'wrong' }, 401],
  ['no password', { name: 'ci' }, 400],
  ['a number as password', { password: 1 }, 400],
  ['an array', '[]', 400],
  ['null', 'null', 400],
  ['no JSON', 'x', 400],
  ['a name that is no text', { name: {}, password: 'right' }, 400],
  ['a name with NUL', { name: 'a\0', password: 'right' }, 400],
  ['limits to packages', { password: 'right', packages: ['a'] }, 400],
  ['limits to scopes', { password: 'right', scopes: ['@a'] }, 400],
  ['limits to organisations', { password: 'right', orgs: ['a'] }, 400],
  ['limits to addresses', { password: 'right', cidr_whitelist: ['10.0.0.0/8'] }, 400],
  ['limits that are no list', { password: 'right', packages: 'a' }, 400],
  ['no access', { password: 'right', packages_and_scopes_permission: 'no-access' }, 400],
  ['staging only', { password: 'right', packages_and_scopes_permission: 'read-write-stage-only' }, 400],
  ['no organisations while writing', { password: 'right', orgs_permission: 'no-access' }, 400],
  ['readonly in words', { password: 'right', readonly: 'yes' }, 400],
  ['an expiry in the past', { password: 'right', expires: -1 }, 400],
  ['an expiry of no days', { password: 'right', expires: 0 }, 400],
  ['an expiry in words', { password: 'right', expires: '30' }, 400],
  ['an expiry of half a day', { password: 'right', expires: 0.5 }, 400],
  ['an expiry beyond the calendar', { password: 'right', expires: 1e15 }, 400],
])('%s makes no token', async (_case, body, status) => {
  const registry = new FakeRegistry();
  const answer = await call(registry, 'POST', url, body);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).not.toMatch(/one-time pass|\botp\b/i);
  expect(registry.writes).toEqual([]);
});

test.each([
  ['its key', '21000000', '18'],
  ['the token', 'pyat-18-whole', 'pyat-18-whole'],
])('revokes by %s', async (_case, key, given) => {
  const registry = registryWith(20);
  expect((await call(registry, 'DELETE', `${url}/token/${key}`)).status).toBe(204);
  expect(registry.writes).toEqual([['revokeToken', given]]);
});

test.each(['ffffffff', 'pyat-none', '__proto__', '1'])('revoking %s is a 404, unless it is there', async (key) => {
  const registry = new FakeRegistry();
  expect((await call(registry, 'DELETE', `${url}/token/${key}`)).status).toBe(404);
});
