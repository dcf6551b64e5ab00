/** Users and the audit trail. */
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
const now = Date.UTC(2030, 0, 1);

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

describe('the audit trail', () => {
  test('says who did what, and is filtered by time, action and name', async () => {
    const list = async (query: string) => {
      const { status, body } = await rest('GET', `/audit_events?${query}`, { token: admin });
      expect(status, JSON.stringify(body)).toBe(200);
      return body as { event_name: string; author_name: string; target: string; details: unknown }[];
    };
    const [first] = await list('action=project.create&subject=acme/app');
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
