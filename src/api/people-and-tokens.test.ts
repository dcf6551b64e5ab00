/** Users, tokens of every kind, and the audit trail. */
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

describe('users', () => {
  test('the caller sees more of himself than others do', async () => {
    const me = await rest('GET', '/user', { token: ada.token });
    expect(me.body).toEqual({
      id: ada.id,
      username: 'ada',
      name: 'ada',
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: `${server.url}/ada`,
      bot: false,
      created_at: '2030-01-01T00:00:00.000Z',
      email: 'ada@example.com',
      is_admin: false,
      namespace_id: expect.any(Number),
      can_create_group: true,
      can_create_project: true,
      two_factor_enabled: false,
      external: false,
    });
    const seen = await rest('GET', `/users/${ada.id}`, { token: bob.token });
    expect(JSON.stringify(seen.body)).not.toMatch(/email|is_admin|password/);
    expect(JSON.stringify((await rest('GET', '/users', { token: bob.token })).body)).not.toMatch(/email|is_admin/);
    expect((await rest('GET', '/users?username=ADA', { token: admin })).body).toEqual([me.body]);
  });

  test('nobody makes himself an administrator', async () => {
    const json = { name: 'Ada L', admin: true, is_admin: true, isAdmin: 1, state: 'x', username: 'root2', id: 1 };
    const { status, body } = await rest('PUT', '/user', { token: ada.token, json });
    expect([status, body]).toMatchObject([200, { id: ada.id, name: 'Ada L', is_admin: false, username: 'ada' }]);
    expect((await rest('PUT', `/users/${ada.id}`, { token: ada.token, json })).status).toBe(403);
    expect((await rest('GET', '/users?admins=true', { token: ada.token })).status).toBe(403);
  });

  test('a password is changed against the old one, and stops at once', async () => {
    const basic = (password: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` },
    });
    expect((await rest('GET', '/user', basic(ada.password))).status).toBe(200);
    const change = (json: object) => rest('PUT', '/user', { token: ada.token, json });
    expect((await change({ password: 'another password' })).body).toEqual({ error: 'current_password is missing' });
    expect((await change({ password: 'another password', current_password: 'wrong' })).status).toBe(403);
    expect((await change({ password: 'short', current_password: ada.password })).status).toBe(400);
    expect((await change({ password: 'another password', current_password: ada.password })).status).toBe(200);
    expect((await rest('GET', '/user', basic(ada.password))).status).toBe(401);
    expect((await rest('GET', '/user', basic('another password'))).status).toBe(200);
  });

  test('administrators make, change, block and delete users', async () => {
    const made = await rest('POST', '/users', {
      token: admin,
      json: { username: 'eve', name: 'Eve', email: 'eve@example.com', force_random_password: true },
    });
    expect([made.status, made.body]).toMatchObject([201, { username: 'eve', is_admin: false }]);
    const { id } = made.body as { id: number };
    const twice = await rest('POST', '/users', { token: admin, json: { username: 'EVE', name: 'x' } });
    expect([twice.status, twice.body]).toEqual([409, { message: '409 Conflict - Username has already been taken.' }]);
    const changed = await rest('PUT', `/users/${id}?admin=true&name=Eva`, { token: admin });
    expect(changed.body).toMatchObject({ name: 'Eva', is_admin: true });
    const { token } = (
      await rest('POST', `/users/${id}/personal_access_tokens`, { token: admin, json: { name: 'x', scopes: ['api'] } })
    ).body as Made;
    expect(await works(token)).toBe(true);
    const blocked = await rest('POST', `/users/${id}/block`, { token: admin });
    expect([blocked.status, blocked.body]).toEqual([201, true]);
    expect(await works(token)).toBe(false);
    expect((await rest('GET', '/users?blocked=true', { token: admin })).body).toMatchObject([{ username: 'eve' }]);
    await rest('POST', `/users/${id}/unblock`, { token: admin });
    expect(await works(token)).toBe(true);
    expect((await rest('DELETE', `/users/${id}`, { token: admin })).status).toBe(204);
    expect(await works(token)).toBe(false);
  });

  test('users with projects are deleted only when that is wanted', async () => {
    const user = await server.createUser('owning');
    await rest('POST', '/projects?path=mine', { token: user.token });
    expect((await rest('DELETE', `/users/${user.id}`, { token: admin })).status).toBe(422);
    expect((await rest('DELETE', `/users/${user.id}?hard_delete=true`, { token: admin })).status).toBe(204);
  });

  test('the last administrator can not go', async () => {
    expect((await rest('DELETE', '/users/1', { token: admin })).status).toBe(403);
    expect((await rest('POST', '/users/1/block', { token: admin })).status).toBe(403);
    expect((await rest('PUT', '/users/1?admin=false', { token: admin })).status).toBe(403);
  });

  test.each(['search=%25', 'search=_', "search='", 'username=%27%20or%201=1', 'search=%5C'])(
    'list by %s finds nobody',
    async (query) => {
      const { status, body } = await rest('GET', `/users?${query}`, { token: admin });
      expect([status, body]).toEqual([200, []]);
    },
  );

  test.each(['order_by=password_hash', 'order_by=id;drop', 'sort=1', 'page=x'])(
    'list by %s is refused',
    async (query) => {
      expect((await rest('GET', `/users?${query}`, { token: admin })).status).toBe(400);
    },
  );
});

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

describe('the audit trail', () => {
  test('says who did what, and is filtered by time, action and name', async () => {
    const list = async (query: string) => {
      const { status, body } = await rest('GET', `/audit_events?${query}`, { token: admin });
      expect(status, JSON.stringify(body)).toBe(200);
      return body as { event_name: string; author_name: string; target: string; details: unknown }[];
    };
    const [first] = await list('action=project.create&sort=asc');
    expect(first).toMatchObject({
      event_name: 'project.create',
      author_name: 'user:root',
      entity_type: 'Project',
      entity_id: project.id,
      target: 'project:acme/app',
      details: { visibility: 'private' },
      created_at: '2030-01-01T00:00:00.000Z',
    });
    expect(await list('created_after=2030-01-02')).toEqual([]);
    expect(await list('created_before=2029-12-31T23:59:59Z')).toEqual([]);
    expect((await list('created_after=2030-01-01&created_before=2030-01-01T00:00:00Z')).length).toBeGreaterThan(5);
    expect(await list('subject=%25')).toEqual([]);
    expect(await list("actor=' or 1=1 --")).toEqual([]);
    const members = await list(`action=member.set&subject=ACME/app`);
    expect(members).toMatchObject([{ details: { username: 'ada', accessLevel: 40 } }]);
    const id = (first as unknown as { id: number }).id;
    expect((await rest('GET', `/audit_events/${id}`, { token: admin })).body).toEqual(first);
  });

  test.each(['created_after=yesterday', 'created_before=2030-02-30', 'sort=x', 'page=0'])(
    'list by %s is refused',
    async (query) => {
      expect((await rest('GET', `/audit_events?${query}`, { token: admin })).status).toBe(400);
    },
  );
});
