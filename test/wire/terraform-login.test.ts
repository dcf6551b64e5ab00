import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer, TestUser } from '../harness/types.ts';

/** `terraform login`: the code grant with PKCE, and what must not work with it. */
let server: TestServer;
let user: TestUser;
let now = Date.parse('2026-05-01T00:00:00Z');

beforeAll(async () => {
  server = await startServer({ now: () => now });
  user = await server.createUser('tess');
});

afterAll(() => server.stop());

const verifier = 'a-verifier-that-nobody-else-knows-0123456789';
const asked = {
  client_id: 'terraform-cli',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  redirect_uri: 'http://localhost:10005/login',
  response_type: 'code',
  state: 'state & more',
};

const authorize = (parameters: Record<string, string>) =>
  `${server.url}/oauth/authorize?${new URLSearchParams(parameters).toString()}`;

const signIn = (password = user.password, parameters: Record<string, string> = asked) =>
  fetch(authorize(parameters), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ username: user.username, password }),
  });

async function code(): Promise<string> {
  const answer = await signIn();
  const location = new URL(answer.headers.get('location') ?? 'x:');
  expect([answer.status, location.origin, location.pathname]).toEqual([303, 'http://localhost:10005', '/login']);
  expect(location.searchParams.get('state')).toBe(asked.state);
  return location.searchParams.get('code') ?? '';
}

async function token(fields: Record<string, string>): Promise<{ status: number; body: Record<string, string> }> {
  const answer = await fetch(`${server.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

const grant = (given: string) => ({
  grant_type: 'authorization_code',
  client_id: 'terraform-cli',
  code: given,
  code_verifier: verifier,
  redirect_uri: asked.redirect_uri,
});

test('a person signs in, and the program gets a token of theirs, once', async () => {
  const given = await code();
  const { status, body } = await token(grant(given));
  expect([status, body['token_type']]).toEqual([200, 'bearer']);
  const headers = { authorization: `Bearer ${body['access_token']}` };
  const me = await fetch(`${server.url}/api/v4/user`, { headers });
  expect(((await me.json()) as { username: string }).username).toBe('tess');
  expect(await token(grant(given))).toEqual({ status: 400, body: { error: 'invalid_grant' } });
});

test('the form is in nobody’s frame, and leads to the own machine only', async () => {
  const answer = await fetch(authorize(asked));
  expect(answer.status).toBe(200);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("form-action 'self' http://localhost:* http://127.0.0.1:*;");
  expect(await answer.text()).not.toContain(asked.state);
});

test.each<[string, Record<string, string>]>([
  ['another machine', { redirect_uri: 'http://evil.test:10005/login' }],
  ['another machine behind @', { redirect_uri: 'http://localhost:10005@evil.test/login' }],
  ['another path', { redirect_uri: 'http://localhost:10005/login/../x' }],
  ['a port that is not announced', { redirect_uri: 'http://localhost:10011/login' }],
  ['https', { redirect_uri: 'https://localhost:10005/login' }],
  ['a plain challenge', { code_challenge_method: 'plain' }],
  ['no challenge', { code_challenge: '' }],
  ['another client', { client_id: 'gitlab-cli' }],
  ['the implicit grant', { response_type: 'token' }],
  ['too long a state', { state: 'x'.repeat(513) }],
])('a request with %s is not shown a form, nor answered', async (_what, changed) => {
  const parameters = { ...asked, ...changed };
  expect((await fetch(authorize(parameters))).status).toBe(400);
  const answer = await signIn(user.password, parameters);
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
});

test('a wrong password, or a token in its place', async () => {
  for (const password of ['wrong', user.token, '']) {
    const answer = await signIn(password);
    expect([answer.status, answer.headers.get('location')]).toEqual([401, null]);
  }
});

test.each<[string, Record<string, string>, number]>([
  ['another verifier', { code_verifier: `${verifier}x` }, 400],
  ['another redirect', { redirect_uri: 'http://localhost:10006/login' }, 400],
  ['another client', { client_id: 'x' }, 401],
  ['another grant', { grant_type: 'password' }, 400],
  ['half a code', { code: 'x' }, 400],
])('a code with %s gives no token', async (_what, changed, status) => {
  const given = await code();
  expect((await token({ ...grant(given), ...changed })).status).toBe(status);
  // The right program can still use it.
  expect((await token(grant(given))).status).toBe(200);
});

test('a code ends after five minutes, and a forged one is none', async () => {
  const given = await code();
  const [poll = '', mark = ''] = given.split('.');
  for (const forged of [poll, `${poll}.`, `${poll}.${mark.slice(1)}A`, `.${mark}`, `${poll}x.${mark}`]) {
    expect((await token(grant(forged))).status).toBe(400);
  }
  now += 5 * 60_000 + 1;
  expect((await token(grant(given))).status).toBe(400);
});
