/** Tokens of every kind. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rest, restOf } from '../../test/harness/rest.ts';
import { startServer } from '../../test/harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../../test/harness/types.ts';

let server: TestServer;
let rest: Rest;
let admin: string;
let ada: TestUser;
let bob: TestUser;
let project: TestProject;
let other: TestProject;
let now = Date.UTC(2030, 0, 1);

interface Made {
  readonly id: number;
  readonly token: string;
}

beforeAll(async () => {
  server = await startServer({ now: () => now });
  rest = restOf(server);
  admin = server.rootToken;
  ada = await server.createUser('ada');
  bob = await server.createUser('bob');
  await server.createGroup('acme');
  project = await server.createProject('acme/app');
  other = await server.createProject('acme/other');
  await server.addMember(project, ada, 'maintainer');
});

afterAll(() => server.stop());

const works = async (token: string) => (await rest('GET', '/personal_access_tokens/self', { token })).status === 200;

describe('personal access tokens', () => {
  test('the secret is shown once, and never again', async () => {
    const made = await rest('POST', '/user/personal_access_tokens', {
      token: ada.token,
      json: { name: 'ci', scopes: ['read_api'], expires_at: '2030-03-01', user_id: 1, account_id: 1 },
    });
    const { id, token } = made.body as Made;
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id,
      name: 'ci',
      description: null,
      scopes: ['read_api'],
      user_id: ada.id,
      revoked: false,
      active: true,
      created_at: '2030-01-01T00:00:00.000Z',
      expires_at: '2030-03-01',
      last_used_at: null,
      hint: token.slice(0, 9),
      token,
    });
    for (const path of [`/personal_access_tokens/${id}`, '/personal_access_tokens?search=ci', '/audit_events']) {
      const { status, body } = await rest('GET', path, { token: path === '/audit_events' ? admin : ada.token });
      expect([path, status]).toEqual([path, 200]);
      expect(JSON.stringify(body)).not.toContain(token);
    }
    expect((await rest('GET', '/personal_access_tokens/self', { token })).body).toMatchObject({ id, name: 'ci' });
  });

  test.each([
    [{ name: 'x', scopes: [] }, 'scopes does not have a valid value'],
    [{ name: 'x' }, 'scopes is missing'],
    [{ name: 'x', scopes: ['sudo'] }, expect.stringContaining("scopes can not include 'sudo'")],
    [{ name: 'x', scopes: ['api'], expires_at: '2029-01-01' }, 'expires_at must be a date in the future.'],
    [{ name: 'x', scopes: ['api'], expires_at: 'soon' }, 'expires_at must be a date such as 2030-01-31.'],
    [{ name: '', scopes: ['api'] }, 'name does not have a valid value'],
  ])('%j is refused', async (json, error) => {
    const { status, body } = await rest('POST', '/user/personal_access_tokens', { token: ada.token, json });
    expect([status, body]).toEqual([400, { error }]);
  });

  test('a token makes none that can do more or lives longer than itself', async () => {
    const reading = await server.createToken({ kind: 'personal', user: ada, scopes: ['read_api'] });
    const short = await server.createToken({
      kind: 'personal',
      user: ada,
      scopes: ['api'],
      expiresAt: '2030-01-05',
    });
    const make = (token: string, json: object) =>
      rest('POST', '/user/personal_access_tokens', { token, json: { name: 'x', scopes: ['api'], ...json } });
    expect((await make(reading.token, {})).status).toBe(403);
    expect((await make(short.token, { expires_at: '2030-01-06' })).status).toBe(403);
    expect((await make(short.token, {})).body).toMatchObject({ expires_at: '2030-01-05' });
  });

  test("others' tokens are not found, and not made", async () => {
    const { id } = await server.createToken({ kind: 'personal', user: bob, scopes: ['api'] });
    for (const [method, path] of [
      ['GET', `/personal_access_tokens/${id}`],
      ['DELETE', `/personal_access_tokens/${id}`],
      ['POST', `/personal_access_tokens/${id}/rotate`],
    ] as const) {
      const hidden = await rest(method, path, { token: ada.token });
      const unknown = await rest(method, path.replace(String(id), '999999'), { token: ada.token });
      expect([hidden.status, hidden.body]).toEqual([404, { message: '404 Token Not Found' }]);
      expect(unknown.body).toEqual(hidden.body);
    }
    const json = { name: 'x', scopes: ['api'] };
    const made = await rest('POST', `/users/${bob.id}/personal_access_tokens`, { token: ada.token, json });
    expect(made.status).toBe(403);
    expect((await rest('GET', `/personal_access_tokens?user_id=${bob.id}`, { token: ada.token })).status).toBe(403);
    const all = (await rest('GET', '/personal_access_tokens?per_page=100', { token: ada.token })).body;
    expect(new Set((all as { user_id: number }[]).map(({ user_id }) => user_id))).toEqual(new Set([ada.id]));
  });

  test('rotating ends the old one with the next request', async () => {
    const first = await server.createToken({ kind: 'personal', user: bob, scopes: ['api'] });
    const rotated = await rest('POST', `/personal_access_tokens/${first.id}/rotate`, { token: bob.token });
    expect([rotated.status, rotated.body]).toMatchObject([200, { expires_at: '2030-01-08', scopes: ['api'] }]);
    const second = rotated.body as Made;
    expect([await works(first.token), await works(second.token)]).toEqual([false, true]);
    const third = (await rest('POST', '/personal_access_tokens/self/rotate', { token: second.token })).body as Made;
    expect([await works(second.token), await works(third.token)]).toEqual([false, true]);
    expect((await rest('DELETE', '/personal_access_tokens/self', { token: third.token })).status).toBe(204);
    expect(await works(third.token)).toBe(false);
  });

  test('a reading token may end itself, and nothing else', async () => {
    const mine = await server.createToken({ kind: 'personal', user: bob, scopes: ['read_package_registry'] });
    const sister = await server.createToken({ kind: 'personal', user: bob, scopes: ['api'] });
    const revoke = (which: number | string) =>
      rest('DELETE', `/personal_access_tokens/${which}`, { token: mine.token });
    expect((await revoke(sister.id)).status).toBe(403);
    expect((await revoke('self')).status).toBe(204);
    expect([await works(mine.token), await works(sister.token)]).toEqual([false, true]);
  });

  test('an expired token stops', async () => {
    const { token } = await server.createToken({
      kind: 'personal',
      user: bob,
      scopes: ['api'],
      expiresAt: '2030-01-02',
    });
    expect(await works(token)).toBe(true);
    now += 86_400_000;
    expect(await works(token)).toBe(false);
    now -= 86_400_000;
  });

  test('lists tell active ones from others, and are searched literally', async () => {
    const list = async (query: string) =>
      (await rest('GET', `/personal_access_tokens?${query}&user_id=${bob.id}`, { token: admin })).body as object[];
    expect((await list('revoked=true')).length).toBeGreaterThan(0);
    expect(await list('state=active&revoked=true')).toEqual([]);
    expect(await list('search=%25')).toEqual([]);
    expect(await list("search='")).toEqual([]);
  });
});

describe('project access tokens', () => {
  const base = () => `/projects/${project.id}/access_tokens`;

  test('act as a bot with their role, and vanish when revoked', async () => {
    const made = await rest('POST', base(), {
      token: ada.token,
      json: { name: 'bot', scopes: ['api'], access_level: 30, project_id: other.id },
    });
    const { id, token } = made.body as Made;
    expect([made.status, made.body]).toMatchObject([
      201,
      { name: 'bot', access_level: 30, resource_type: 'project', resource_id: project.id, active: true },
    ]);
    expect((await rest('GET', '/user', { token })).body).toMatchObject({ bot: true, is_admin: false });
    expect((await rest('GET', `/projects/${project.id}`, { token })).status).toBe(200);
    expect((await rest('GET', `/projects/${other.id}`, { token })).status).toBe(404);
    expect((await rest('POST', '/groups', { token, json: { name: 'x', path: 'bots' } })).status).toBe(403);
    expect((await rest('POST', base(), { token, json: { name: 'x', scopes: ['api'] } })).status).toBe(403);
    const listed = (await rest('GET', base(), { token: ada.token })).body;
    expect(listed).toEqual([expect.objectContaining({ id, access_level: 30 })]);
    expect(JSON.stringify(listed)).not.toContain(token);
    const rotated = (await rest('POST', `${base()}/${id}/rotate`, { token: ada.token })).body as Made;
    expect([await works(token), await works(rotated.token)]).toEqual([false, true]);
    expect((await rest('DELETE', `${base()}/${rotated.id}`, { token: ada.token })).status).toBe(204);
    expect(await works(rotated.token)).toBe(false);
  });

  test('not above the own role; maintainer when not said', async () => {
    const make = (json: object) =>
      rest('POST', base(), { token: ada.token, json: { name: 'x', scopes: ['api'], ...json } });
    expect((await make({ access_level: 50 })).status).toBe(403);
    expect((await make({})).body).toMatchObject({ access_level: 40 });
    const form = await rest('POST', base(), { token: ada.token, form: 'name=x&scopes[]=read_api&access_level=20' });
    expect([form.status, form.body]).toMatchObject([201, { scopes: ['read_api'], access_level: 20 }]);
  });

  test("another place's token is not found by its number", async () => {
    await server.addMember(other, ada, 'maintainer');
    const { id } = await server.createToken({ kind: 'access', of: other, level: 'guest', scopes: ['read_api'] });
    const deploy = await server.createToken({ kind: 'deploy', of: project, scopes: ['read_package_registry'] });
    for (const number of [id, deploy.id, 1, 999_999]) {
      for (const [method, path] of [
        ['GET', `${base()}/${number}`],
        ['DELETE', `${base()}/${number}`],
        ['POST', `${base()}/${number}/rotate`],
      ] as const) {
        expect((await rest(method, path, { token: ada.token })).body).toEqual({ message: '404 Token Not Found' });
      }
    }
  });
});

describe('deploy tokens', () => {
  test('are made, shown without secret, and revoked', async () => {
    const base = `/projects/${project.id}/deploy_tokens`;
    const made = await rest('POST', base, {
      token: ada.token,
      json: { name: 'd', scopes: ['read_package_registry'], expires_at: '2030-05-01T12:00:00Z', account_id: 1 },
    });
    const { id, token } = made.body as Made;
    expect([made.status, made.body]).toEqual([
      201,
      {
        id,
        name: 'd',
        username: `packyard+deploy-token-${id}`,
        expires_at: '2030-05-01T12:00:00.000Z',
        scopes: ['read_package_registry'],
        revoked: false,
        expired: false,
        created_at: '2030-01-01T00:00:00.000Z',
        last_used_at: null,
        hint: token.slice(0, 9),
        token,
      },
    ]);
    const packages = () => rest('GET', `/projects/${project.id}/packages`, { deployToken: token });
    expect((await packages()).status).toBe(200);
    expect((await rest('GET', `${base}/${id}`, { token: ada.token })).body).not.toHaveProperty('token');
    expect(JSON.stringify((await rest('GET', '/deploy_tokens', { token: admin })).body)).not.toContain(token);
    expect((await rest('DELETE', `/projects/${other.id}/deploy_tokens/${id}`, { token: admin })).status).toBe(404);
    expect((await rest('DELETE', `${base}/${id}`, { token: ada.token })).status).toBe(204);
    expect((await packages()).status).toBe(401);
    const active = (await rest('GET', `${base}?active=true`, { token: ada.token })).body as Made[];
    expect(active.map((one) => one.id)).not.toContain(id);
  });

  test("a group's token reaches all its projects, and no other", async () => {
    const made = await rest('POST', '/groups/acme/deploy_tokens', {
      token: admin,
      json: { name: 'g', username: 'robot', scopes: ['write_package_registry'] },
    });
    const { token } = made.body as Made;
    const status = async (id: number) => (await rest('GET', `/projects/${id}/packages`, { deployToken: token })).status;
    expect(made.body).toMatchObject({ username: 'robot' });
    expect([await status(project.id), await status(other.id), await status(1)]).toEqual([200, 200, 404]);
    expect((await rest('GET', '/user', { deployToken: token })).status).toBe(403);
    expect((await rest('GET', '/users', { deployToken: token })).status).toBe(403);
  });

  test.each([
    [{ name: 'x', scopes: ['api'] }, expect.stringContaining("scopes can not include 'api'")],
    [{ name: 'x', scopes: ['read_package_registry'], username: 'a b' }, expect.stringContaining('username')],
    [{ name: 'x', scopes: ['read_package_registry'], expires_at: '2030-13-01' }, expect.stringContaining('expires_at')],
  ])('%j is refused', async (json, error) => {
    const { status, body } = await rest('POST', `/projects/${project.id}/deploy_tokens`, { token: ada.token, json });
    expect([status, body]).toEqual([400, { error }]);
  });
});
