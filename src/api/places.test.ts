/** Groups, projects, namespaces and their members. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rest, type RestAnswer, restOf } from '../../test/harness/rest.ts';
import { startServer } from '../../test/harness/server.ts';
import type { TestServer, TestUser } from '../../test/harness/types.ts';

let server: TestServer;
let rest: Rest;
let admin: string;
const now = Date.UTC(2030, 0, 1);

beforeAll(async () => {
  server = await startServer({ now: () => now });
  rest = restOf(server);
  admin = server.rootToken;
});

afterAll(() => server.stop());

const pick = (answer: RestAnswer, key: string) => (answer.body as Record<string, unknown>[]).map((one) => one[key]);

/** Request forwarding of every format that has a public home, where nobody said anything. */
const nobodyIsSentOn = Object.fromEntries(
  ['npm', 'maven', 'pypi'].flatMap((format) => {
    const field = `${format}_package_requests_forwarding`;
    return [field, `lock_${field}`, `${field}_locked`].map((each) => [each, false]);
  }),
);

describe('groups', () => {
  let ada: TestUser;

  beforeAll(async () => {
    ada = await server.createUser('ada');
  });

  test('anyone who signed in makes a group and owns it', async () => {
    const { status, body } = await rest('POST', '/groups', {
      token: ada.token,
      json: { name: 'Ada & co', path: 'ada-co', description: 'Ours', id: 7, owner_id: 1, lineage: '/1/' },
    });
    expect([status, body]).toEqual([
      201,
      {
        id: expect.any(Number),
        web_url: `${server.url}/groups/ada-co`,
        name: 'Ada & co',
        path: 'ada-co',
        description: 'Ours',
        visibility: 'private',
        full_name: 'Ada & co',
        full_path: 'ada-co',
        parent_id: null,
        created_at: '2030-01-01T00:00:00.000Z',
        avatar_url: null,
        project_creation_level: 'developer',
        subgroup_creation_level: 'maintainer',
        request_access_enabled: false,
        ...nobodyIsSentOn,
      },
    ]);
    expect((body as { id: number }).id).not.toBe(7);
    const members = await rest('GET', '/groups/ada-co/members', { token: ada.token });
    expect(members.body).toEqual([expect.objectContaining({ username: 'ada', access_level: 50, expires_at: null })]);
  });

  test('subgroups, descendants and full names follow', async () => {
    const parent = (await rest('GET', '/groups/ada-co', { token: ada.token })).body as { id: number };
    const sub = await rest('POST', '/groups', {
      token: ada.token,
      form: `name=Sub&path=sub&parent_id=${parent.id}&visibility=private`,
    });
    expect(sub.body).toMatchObject({ full_path: 'ada-co/sub', full_name: 'Ada & co / Sub', parent_id: parent.id });
    const subId = (sub.body as { id: number }).id;
    await rest('POST', `/groups?name=Deep&path=deep&parent_id=${subId}`, { token: ada.token });
    expect(pick(await rest('GET', '/groups/ada-co/subgroups', { token: ada.token }), 'path')).toEqual(['sub']);
    const below = await rest('GET', '/groups/ada-co/descendant_groups?order_by=id', { token: ada.token });
    expect(pick(below, 'full_path')).toEqual(['ada-co/sub', 'ada-co/sub/deep']);
    expect((await rest('GET', '/groups/ada-co%2Fsub%2FDEEP', { token: ada.token })).status).toBe(200);
  });

  test('a taken path is told as GitLab does', async () => {
    for (const path of ['ada-co', 'ADA-co', 'root']) {
      const { status, body } = await rest('POST', '/groups', { token: ada.token, json: { name: 'x', path } });
      expect([status, body]).toEqual([400, { message: { path: ['has already been taken'] } }]);
    }
  });

  test.each([
    [{}, 'name is missing, path is missing'],
    [{ name: 'x', path: '' }, 'path does not have a valid value'],
    [{ name: 'x', path: 'a/b' }, expect.stringMatching(/^path can contain only/)],
    [{ name: 'x', path: '../x' }, expect.stringMatching(/^path can contain only/)],
    [{ name: 'x', path: 'api' }, 'path is a reserved word.'],
    [{ name: 'x', path: 'x\u0000' }, 'path does not have a valid value'],
    [{ name: 'x', path: 'y', visibility: 'secret' }, 'visibility does not have a valid value'],
    [{ name: { $gt: '' }, path: 'y' }, 'name is invalid'],
    [[], 'the request is invalid'],
  ])('%j is refused', async (json, error) => {
    const { status, body } = await rest('POST', '/groups', { token: ada.token, json });
    expect([status, body]).toEqual([400, { error }]);
  });

  test('a subgroup is not wider than its parent, and not made where one is a stranger', async () => {
    const parent = (await rest('GET', '/groups/ada-co', { token: ada.token })).body as { id: number };
    const json = { name: 'wide', path: 'wide', parent_id: parent.id, visibility: 'public' };
    expect((await rest('POST', '/groups', { token: ada.token, json })).status).toBe(400);
    const stranger = await server.createUser('grace');
    expect((await rest('POST', '/groups', { token: stranger.token, json })).status).toBe(404);
  });

  test('changing a group reads only what may be changed; its new path holds for what is inside', async () => {
    const { status, body } = await rest('PUT', '/groups/ada-co%2Fsub', {
      token: ada.token,
      json: { name: 'Part', path: 'part', parent_id: null, lineage: '/1/', created_at: 0 },
    });
    expect([status, body]).toMatchObject([
      200,
      { full_path: 'ada-co/part', name: 'Part', parent_id: expect.any(Number) },
    ]);
    expect((await rest('GET', '/groups/ada-co%2Fpart%2Fdeep', { token: ada.token })).status).toBe(200);
  });

  test.each(['order_by=id;drop', 'sort=x', 'page=-1', 'min_access_level=15', 'owned=perhaps'])(
    'list by %s is refused',
    async (query) => {
      expect((await rest('GET', `/groups?${query}`, { token: admin })).status).toBe(400);
    },
  );

  test('lists can be narrowed to roles, and searched literally', async () => {
    const all = (query: string, token = ada.token) => rest('GET', `/groups?${query}`, { token });
    expect(pick(await all('top_level_only=true&owned=true'), 'path')).toEqual(['ada-co']);
    expect(pick(await all('min_access_level=50&search=DEEP'), 'path')).toEqual(['deep']);
    expect(pick(await all('search=%25'), 'path')).toEqual([]);
    expect(pick(await all(`search=${encodeURIComponent("' or '1'='1")}`), 'path')).toEqual([]);
    expect((await rest('GET', '/groups?owned=true')).status).toBe(401);
  });

  test('deleting takes what is inside along', async () => {
    expect((await rest('DELETE', '/groups/ada-co', { token: ada.token })).status).toBe(202);
    expect((await rest('GET', '/groups/ada-co%2Fpart%2Fdeep', { token: admin })).status).toBe(404);
  });
});

describe('projects', () => {
  let dev: TestUser;

  beforeAll(async () => {
    dev = await server.createUser('dev');
    await server.addMember(await server.createGroup('team', 'internal'), dev, 'developer');
    await server.createGroup('closed');
  });

  test('a developer makes a project in the group, with the shape of GitLab', async () => {
    const namespace = (await rest('GET', '/namespaces/team', { token: dev.token })).body as { id: number };
    const { status, body } = await rest('POST', '/projects', {
      token: dev.token,
      json: { name: 'My tools!', namespace_id: namespace.id, visibility: 'internal', id: 1, creator_id: 1 },
    });
    const id = (body as { id: number }).id;
    expect([status, body]).toEqual([
      201,
      {
        id,
        description: '',
        name: 'My tools!',
        name_with_namespace: 'team / My tools!',
        path: 'my-tools',
        path_with_namespace: 'team/my-tools',
        created_at: '2030-01-01T00:00:00.000Z',
        updated_at: '2030-01-01T00:00:00.000Z',
        last_activity_at: '2030-01-01T00:00:00.000Z',
        web_url: `${server.url}/team/my-tools`,
        avatar_url: null,
        namespace: {
          id: namespace.id,
          name: 'team',
          path: 'team',
          kind: 'group',
          full_path: 'team',
          parent_id: null,
          avatar_url: null,
          web_url: `${server.url}/groups/team`,
        },
        _links: { self: `${server.url}/api/v4/projects/${id}`, members: `${server.url}/api/v4/projects/${id}/members` },
        visibility: 'internal',
        archived: false,
        packages_enabled: true,
        package_registry_access_level: 'enabled',
        permissions: { project_access: null, group_access: { access_level: 30 } },
        ...nobodyIsSentOn,
      },
    ]);
    expect(id).toBeGreaterThan(1);
  });

  test('without a namespace it goes to the own space', async () => {
    const { body } = await rest('POST', '/projects?path=mine&packages_enabled=false', { token: dev.token });
    expect(body).toMatchObject({
      path_with_namespace: 'dev/mine',
      name: 'mine',
      visibility: 'private',
      packages_enabled: false,
      package_registry_access_level: 'disabled',
      permissions: { group_access: { access_level: 50 } },
    });
  });

  test('not in groups of others, not in the space of others, and not where nothing is', async () => {
    const closed = (await rest('GET', '/namespaces/closed', { token: admin })).body as { id: number };
    const root = (await rest('GET', '/namespaces/root', { token: admin })).body as { id: number };
    const make = (namespace_id: number) =>
      rest('POST', '/projects', { token: dev.token, json: { path: 'x', namespace_id } });
    const [hidden, unknown] = [await make(closed.id), await make(999_999)];
    expect([hidden.status, hidden.body]).toEqual([unknown.status, unknown.body]);
    expect(hidden.status).toBe(404);
    expect((await make(root.id)).status).toBe(403);
    expect((await rest('GET', `/namespaces/${root.id}`, { token: dev.token })).status).toBe(404);
  });

  test.each([
    [{}, 'name, path are missing, at least one parameter must be provided'],
    [{ name: '!!!' }, expect.stringContaining('path')],
    [{ path: 'x', package_registry_access_level: 'all' }, 'package_registry_access_level does not have a valid value'],
    [{ path: 'x', namespace_id: 'team' }, 'namespace_id is invalid'],
    [{ path: 'x', namespace_id: -1 }, 'namespace_id does not have a valid value'],
  ])('%j is refused', async (json, error) => {
    const { status, body } = await rest('POST', '/projects', { token: dev.token, json });
    expect([status, body]).toEqual([400, { error }]);
  });

  test('a taken path is told as GitLab does', async () => {
    const { status, body } = await rest('POST', '/projects', { token: dev.token, json: { path: 'MINE' } });
    expect([status, body]).toEqual([400, { message: { path: ['has already been taken'] } }]);
  });

  test('changing a project reads only what may be changed', async () => {
    const { status, body } = await rest('PUT', '/projects/dev%2Fmine', {
      token: dev.token,
      json: { name: 'Mine', path: 'ours', namespace_id: 1, id: 1, package_registry_access_level: 'private' },
    });
    expect([status, body]).toMatchObject([
      200,
      { name: 'Mine', path_with_namespace: 'dev/ours', package_registry_access_level: 'private' },
    ]);
    expect((await rest('GET', '/projects/dev%2Fmine', { token: dev.token })).status).toBe(404);
  });

  test('lists are filtered, sorted and searched', async () => {
    const all = (query: string, token = dev.token) => rest('GET', `/projects?${query}`, { token });
    expect(pick(await all('membership=true&order_by=path&sort=asc'), 'path')).toEqual(['ours', 'my-tools']);
    expect(pick(await all('owned=True'), 'path')).toEqual(['ours']);
    expect(pick(await all('min_access_level=30&visibility=internal'), 'path')).toEqual(['my-tools']);
    expect(pick(await all('search=TOOLS'), 'path')).toEqual(['my-tools']);
    for (const search of ['%', '_', "'", '\\', '"', 'x%00'.slice(0, 2), "') or 1=1 --"]) {
      const { status, body } = await all(`search=${encodeURIComponent(search)}`);
      expect([search, status, body]).toEqual([search, 200, []]);
    }
    expect(pick(await rest('GET', '/groups/team/projects', { token: dev.token }), 'path')).toEqual(['my-tools']);
    expect((await rest('GET', '/projects')).body).toEqual([]);
    expect((await rest('GET', '/projects?membership=true')).status).toBe(401);
  });

  test.each(['order_by=id;drop', 'visibility=x', 'page=0', 'per_page=-5', 'page=1000000000000'])(
    'list by %s is refused',
    async (query) => {
      expect((await rest('GET', `/projects?${query}`, { token: admin })).status).toBe(400);
    },
  );

  test('deleting needs the owner', async () => {
    expect((await rest('DELETE', '/projects/team%2FMy-tools', { token: dev.token })).status).toBe(403);
    expect((await rest('DELETE', '/projects/dev%2Fours', { token: dev.token })).status).toBe(202);
    expect((await rest('GET', '/projects/dev%2Fours', { token: dev.token })).status).toBe(404);
  });

  test('namespaces: the own ones, all for administrators', async () => {
    const own = await rest('GET', '/namespaces', { token: dev.token });
    expect(pick(own, 'full_path')).toEqual(['dev', 'team']);
    expect(pick(await rest('GET', '/namespaces?owned_only=true', { token: dev.token }), 'kind')).toEqual(['user']);
    const all = await rest('GET', '/namespaces?search=clos', { token: admin });
    expect(pick(all, 'full_path')).toEqual(['closed']);
  });
});

describe('members', () => {
  let owner: TestUser;
  let maintainer: TestUser;
  let other: TestUser;

  beforeAll(async () => {
    owner = await server.createUser('the-owner');
    maintainer = await server.createUser('the-maintainer');
    other = await server.createUser('other');
    await rest('POST', '/groups', { token: owner.token, json: { name: 'club', path: 'club' } });
    const id = ((await rest('GET', '/groups/club', { token: owner.token })).body as { id: number }).id;
    await rest('POST', '/projects', { token: owner.token, json: { path: 'app', namespace_id: id } });
    await rest('POST', '/projects/club%2Fapp/members', {
      token: owner.token,
      json: { user_id: maintainer.id, access_level: 40 },
    });
  });

  const set = (method: string, path: string, token: string, json: object) => rest(method, path, { token, json });

  test('a member is added by number or name, once', async () => {
    const path = '/projects/club%2Fapp/members';
    const added = await rest('POST', `${path}?username=OTHER&access_level=30&expires_at=2030-02-01`, {
      token: maintainer.token,
    });
    expect([added.status, added.body]).toEqual([
      201,
      {
        id: other.id,
        username: 'other',
        name: 'other',
        state: 'active',
        locked: false,
        avatar_url: null,
        web_url: `${server.url}/other`,
        access_level: 30,
        created_at: '2030-01-01T00:00:00.000Z',
        expires_at: '2030-02-01',
        membership_state: 'active',
      },
    ]);
    const again = await set('POST', path, maintainer.token, { user_id: other.id, access_level: 10 });
    expect([again.status, again.body]).toEqual([409, { message: '409 Conflict - Member already exists' }]);
    const changed = await set('PUT', `${path}/${other.id}`, maintainer.token, { access_level: 20 });
    expect(changed.body).toMatchObject({ access_level: 20, expires_at: '2030-02-01' });
    const endless = await set('PUT', `${path}/${other.id}`, maintainer.token, { access_level: 20, expires_at: null });
    expect(endless.body).toMatchObject({ expires_at: null });
  });

  test('nobody gives, changes or takes a role above the own', async () => {
    const path = '/projects/club%2Fapp/members';
    expect((await set('PUT', `${path}/${maintainer.id}`, maintainer.token, { access_level: 50 })).status).toBe(403);
    expect((await set('PUT', `${path}/${other.id}`, maintainer.token, { access_level: 50 })).status).toBe(403);
    expect((await set('PUT', `${path}/${other.id}`, owner.token, { access_level: 50 })).status).toBe(200);
    expect((await set('PUT', `${path}/${other.id}`, maintainer.token, { access_level: 10 })).status).toBe(403);
    expect((await rest('DELETE', `${path}/${other.id}`, { token: maintainer.token })).status).toBe(403);
    expect((await set('PUT', `${path}/${other.id}`, owner.token, { access_level: 20 })).status).toBe(200);
  });

  test('inherited members are seen with /all only', async () => {
    const path = '/projects/club%2Fapp/members';
    const direct = await rest('GET', path, { token: other.token });
    expect(pick(direct, 'username')).toEqual(['the-maintainer', 'other']);
    const all = await rest('GET', `${path}/all`, { token: other.token });
    expect(pick(all, 'username')).toEqual(['the-owner', 'the-maintainer', 'other']);
    expect(pick(await rest('GET', `${path}/all?query=OWN`, { token: other.token }), 'access_level')).toEqual([50]);
    expect(pick(await rest('GET', `${path}?query=%25`, { token: other.token }), 'id')).toEqual([]);
    expect((await rest('GET', `${path}/${owner.id}`, { token: other.token })).status).toBe(404);
    expect((await rest('GET', `${path}/all/${owner.id}`, { token: other.token })).body).toMatchObject({
      username: 'the-owner',
    });
  });

  test.each([
    [{ user_id: 1 }, 'access_level is missing'],
    [{ user_id: 1, access_level: 60 }, 'access_level does not have a valid value'],
    [{ access_level: 30 }, 'user_id, username are missing, exactly one parameter must be provided'],
    [{ user_id: 1, access_level: 30, expires_at: '2029-12-31' }, 'expires_at must be a date in the future.'],
    [{ user_id: 1, access_level: 30, expires_at: '2030-02-30' }, 'expires_at must be a date such as 2030-01-31.'],
  ])('%j is refused', async (json, error) => {
    const { status, body } = await set('POST', '/projects/club%2Fapp/members', owner.token, json);
    expect([status, body]).toEqual([400, { error }]);
  });

  test('the last owner of a group stays', async () => {
    const path = `/groups/club/members/${owner.id}`;
    expect((await rest('DELETE', path, { token: owner.token })).status).toBe(403);
    expect((await set('PUT', path, owner.token, { access_level: 40 })).status).toBe(403);
    expect((await set('PUT', path, admin, { access_level: 10 })).status).toBe(403);
    expect((await set('PUT', path, owner.token, { access_level: 50, expires_at: '2030-01-02' })).status).toBe(403);
    await set('POST', '/groups/club/members', owner.token, { user_id: maintainer.id, access_level: 50 });
    expect((await rest('DELETE', path, { token: owner.token })).status).toBe(204);
    expect((await rest('GET', '/groups/club', { token: owner.token })).status).toBe(404);
  });

  test('members may leave', async () => {
    const path = `/projects/club%2Fapp/members/${other.id}`;
    expect((await rest('DELETE', path, { token: other.token })).status).toBe(204);
    expect((await rest('GET', '/projects/club%2Fapp', { token: other.token })).status).toBe(404);
  });
});
