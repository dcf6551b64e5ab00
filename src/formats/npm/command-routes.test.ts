import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { alice, anonymous, deployToken, FakeRegistry } from '../../../test/npm/fake-registry.ts';
import { commandRoutes } from './command-routes.ts';

test('ping needs nothing and says nothing', async () => {
  expect(await call(new FakeRegistry(), 'GET', '/-/ping?write=true')).toMatchObject({ status: 200, body: {} });
  expect(needsOf('HEAD', '/-/ping')).toBe('nothing');
});

test.each([
  [alice, 200, { username: 'alice' }],
  [deployToken, 200, { username: 'gitlab+deploy-token-1' }],
  [anonymous, 401, { error: 'Sign in first: npm login.' }],
])('whoami for %o', async (caller, status, body) => {
  const registry = new FakeRegistry();
  registry.caller = caller;
  expect(await call(registry, 'GET', '/-/whoami')).toMatchObject({ status, body });
});

test('the root counts packages', async () => {
  for (const path of ['', '/']) {
    expect((await call(new FakeRegistry(), 'GET', path)).body).toEqual({ db_name: 'registry', doc_count: 0 });
  }
});

test.each([
  ['GET', '/-/all', 404],
  ['GET', '/-/all/since?stale=update_after', 404],
  ['POST', '/-/stage/package/@s%2fpkg', 405],
  ['GET', '/-/stage?page=0&perPage=100', 405],
  ['GET', '/-/stage/0b7e7a2e-1111-4222-8333-444455556666/tarball', 405],
  ['DELETE', '/-/stage/0b7e7a2e-1111-4222-8333-444455556666', 405],
  ['POST', '/-/npm/v1/hooks/hook', 404],
  ['GET', '/-/npm/v1/hooks?limit=10', 404],
  ['POST', '/-/package/@s%2fpkg/trust', 405],
  ['DELETE', '/-/package/@s/pkg/trust/1', 405],
])('%s %s is refused with a sentence', async (method, path, status) => {
  const answer = await call(new FakeRegistry(), method, path, {});
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ error: expect.stringMatching(/^\S.* .*\.$/) });
});

test.each([
  ['PUT', '/-/pnpr/v0/publish', 404],
  ['GET', '/-/npm/v1/nothing', 404],
  ['POST', '/-/ping', 405],
])('%s %s answers %i', async (method, path, status) => {
  expect((await call(new FakeRegistry(), method, path, {})).status).toBe(status);
});

test('no method and path stand in the table twice', () => {
  const seen = commandRoutes.map(({ method, path }) => `${method} ${path}`);
  expect(seen.filter((route, index) => seen.indexOf(route) !== index)).toEqual([]);
});
