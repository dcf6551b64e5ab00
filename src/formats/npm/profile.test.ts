import { expect, test } from 'vitest';
import { call } from '../../../test/npm/call.ts';
import { alice, anonymous, FakeRegistry } from '../../../test/npm/fake-registry.ts';

const url = '/-/npm/v1/user';

test('shows the account', async () => {
  expect((await call(new FakeRegistry(), 'GET', url)).body).toEqual({
    name: 'alice',
    email: 'alice@example.com',
    email_verified: false,
    fullname: 'ALICE',
    tfa: false,
    created: '2026-02-03T04:05:05.789Z',
    updated: '2026-02-03T04:05:06.789Z',
    cidr_whitelist: null,
  });
});

test.each([
  [{ email: 'a@new.example' }, { email: 'a@new.example' }],
  [{ fullname: 'Alice A', email: 'alice@example.com' }, { name: 'Alice A' }],
  [{ password: { old: 'right', new: 'better' } }, { password: { old: 'right', new: 'better' } }],
])('%j changes %j', async (body, change) => {
  const registry = new FakeRegistry();
  expect((await call(registry, 'POST', url, body)).status).toBe(200);
  expect(registry.writes).toEqual([['updateMe', change]]);
});

test('answers with the profile as it is now', async () => {
  const { body } = await call(new FakeRegistry(), 'POST', url, { email: 'a@new.example' });
  expect(body).toMatchObject({ name: 'alice', email: 'a@new.example', fullname: 'ALICE' });
});

test.each([
  {},
  { homepage: null, github: '', tfa: null, password: null },
  { email: 'alice@example.com', fullname: 'ALICE', name: 'carol', admin: true },
])('%j changes nothing', async (body) => {
  const registry = new FakeRegistry();
  expect((await call(registry, 'POST', url, body)).status).toBe(200);
  expect(registry.writes).toEqual([]);
});

test('an address that was never set may stay unset', async () => {
  const registry = new FakeRegistry();
  registry.caller = { ...alice, username: 'bob' };
  expect((await call(registry, 'POST', url, { email: null, fullname: 'Bob B' })).status).toBe(200);
  expect(registry.writes).toEqual([['updateMe', { name: 'Bob B' }]]);
});

test.each([
  ['wrong old password', { password: { old: 'wrong', new: 'x' } }, 401],
  ['password without old', { password: { new: 'x' } }, 400],
  ['password as text', { password: 'x' }, 400],
  ['password as array', { password: [] }, 400],
  ['emptied address', { email: null }, 400],
  ['address as object', { email: {} }, 400],
  ['name with NUL', { fullname: 'a\0' }, 400],
  ['field not kept', { github: 'alice' }, 400],
  ['second factor', { tfa: { mode: 'auth-only', password: 'right' } }, 403],
  ['second factor off', { tfa: { mode: 'disable', password: 'right' } }, 403],
  ['second factor confirmed', { tfa: ['123456'] }, 403],
  ['array', '[]', 400],
  ['null', 'null', 400],
  ['number', '7', 400],
  ['no JSON', '', 400],
])('%s is refused', async (_case, body, status) => {
  const registry = new FakeRegistry();
  const answer = await call(registry, 'POST', url, body);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).not.toMatch(/one-time pass/i);
  expect(registry.writes).toEqual([]);
});

test('anonymous callers have no profile', async () => {
  const registry = new FakeRegistry();
  registry.caller = anonymous;
  expect((await call(registry, 'GET', url)).status).toBe(401);
});
