import { expect, test } from 'vitest';
import { base, call, needsOf, origin } from '../../../test/npm/call.ts';
import { FakeRegistry } from '../../../test/npm/fake-registry.ts';

test.each([{}, { create: true }, undefined, 'not JSON'])(
  'a login starts with two absolute URLs, whatever the body: %j',
  async (body) => {
    expect(await call(new FakeRegistry(), 'POST', '/-/v1/login', body)).toEqual({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { loginUrl: `${origin}/-/login/login%20secret`, doneUrl: `${base}/-/v1/done/poll-secret` },
    });
    expect(needsOf('POST', '/-/v1/login')).toBe('nothing');
  },
);

test('the client waits, and is told how long', async () => {
  const answer = await call(new FakeRegistry(), 'GET', '/-/v1/done/poll-secret');
  expect(answer).toEqual({ status: 202, headers: { 'cache-control': 'no-store', 'retry-after': '2' }, body: {} });
});

test('the client gets the token', async () => {
  const registry = new FakeRegistry();
  registry.accounts.webLogin = 'done';
  const answer = await call(registry, 'GET', '/-/v1/done/poll-secret');
  expect(answer).toEqual({ status: 200, headers: { 'cache-control': 'no-store' }, body: { token: 'pyat-fresh' } });
});

test.each(['login%20secret', '__proto__', 'guess'])('%s is no login that could be polled', async (id) => {
  const registry = new FakeRegistry();
  registry.accounts.webLogin = 'done';
  expect((await call(registry, 'GET', `/-/v1/done/${id}`)).status).toBe(404);
});

test('a login that ended says what to do', async () => {
  const registry = new FakeRegistry();
  registry.accounts.webLogin = 'gone';
  expect(await call(registry, 'GET', '/-/v1/done/poll-secret')).toMatchObject({
    status: 404,
    body: { error: 'This login has ended. Run the login command again.' },
  });
});
