/** GitLab's REST API for virtual registries, for every format; and ours for the dependency proxy and explanations. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { npmPackage } from '../harness/packages.ts';
import { type Rest, type RestAnswer, restOf } from '../harness/rest.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../harness/types.ts';
import { npmWire } from './npm-wire.ts';

let server: TestServer;
let rest: Rest;
let group: TestGroup;
let project: TestProject;
let upstream: FakeUpstream;
let maintainer: TestUser;
let developer: TestUser;
let guest: TestUser;
let stranger: TestUser;

const base = '/virtual_registries/packages/npm';

beforeAll(async () => {
  server = await startServer({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  rest = restOf(server);
  upstream = await fakeUpstream();
  [maintainer, developer, guest, stranger] = [
    await server.createUser('mara'),
    await server.createUser('dora'),
    await server.createUser('gus'),
    await server.createUser('sten'),
  ];
});
afterAll(async () => {
  await server.stop();
  await upstream.close();
});

let count = 0;
beforeEach(async () => {
  count += 1;
  group = await server.createGroup(`acme-${count}`, 'public');
  project = await server.createProject(`acme-${count}/app`, 'private');
  await server.addMember(group, maintainer, 'maintainer');
  await server.addMember(group, developer, 'developer');
  await server.addMember(project, guest, 'guest');
});

const as =
  (user: TestUser | null) =>
  (method: string, path: string, json?: unknown): Promise<RestAnswer> =>
    rest(method, path, { token: user?.token, ...(json === undefined ? {} : { json }) });
const mara = (method: string, path: string, json?: unknown): Promise<RestAnswer> => as(maintainer)(method, path, json);
const idOf = ({ status, body }: RestAnswer): number => {
  expect(status, JSON.stringify(body)).toBe(201);
  return (body as { id: number }).id;
};
const registries = (): string => `/groups/${group.id}/-${base}/registries`;
const newRegistry = async (): Promise<number> => idOf(await mara('POST', registries(), { name: 'all' }));
const newUpstream = async (registry: number, json: Record<string, unknown> = {}): Promise<number> =>
  idOf(
    await mara('POST', `${base}/registries/${registry}/upstreams`, {
      url: `${upstream.url}/${Math.random()}`,
      ...json,
    }),
  );

describe('registries', () => {
  test('are created, listed, shown, changed and deleted', async () => {
    const created = await mara('POST', registries(), { name: 'all', description: 'of everything' });
    const id = idOf(created);
    expect(created.body).toMatchObject({ id, group_id: group.id, name: 'all', description: 'of everything' });
    expect((await mara('GET', registries())).body).toEqual([expect.objectContaining({ id })]);
    const first = await newUpstream(id);
    expect((await mara('GET', `${base}/registries/${id}`)).body).toMatchObject({
      id,
      registry_upstreams: [{ id: expect.any(Number), upstream_id: first, position: 1 }],
    });
    const changed = await mara('PATCH', `${base}/registries/${id}`, { name: 'some', minimum_release_age_hours: 72 });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ name: 'some', description: 'of everything', minimum_release_age_hours: 72 });
    expect((await mara('DELETE', `${base}/registries/${id}`)).status).toBe(204);
    expect((await mara('GET', `${base}/registries/${id}`)).status).toBe(404);
    expect((await mara('GET', `${base}/upstreams/${first}`)).status).toBe(200);
  });

  test('belong to a group at the top, twenty of a format at most', async () => {
    const below = await server.createGroup(`acme-${count}/below`);
    expect((await mara('POST', `/groups/${below.id}/-${base}/registries`, { name: 'x' })).status).toBe(400);
    for (let i = 0; i < 20; i += 1) await newRegistry();
    expect((await mara('POST', registries(), { name: 'x' })).status).toBe(400);
  });

  test('of a format that there is not, or under another one', async () => {
    expect((await mara('GET', `/groups/${group.id}/-/virtual_registries/packages/cargo/registries`)).status).toBe(404);
    const id = await newRegistry();
    expect((await mara('GET', `/virtual_registries/packages/generic/registries/${id}`)).status).toBe(404);
    expect(
      (await rest('GET', `/virtual_registries/packages/generic/${id}/a/1/b`, { token: developer.token })).status,
    ).toBe(404);
  });

  test.each([{ name: '' }, { name: 'x', minimum_release_age_hours: -1 }, { name: 'x', freeze_after: 'soon' }, {}])(
    '%j is refused',
    async (json) => {
      expect((await mara('POST', registries(), json)).status).toBe(400);
    },
  );
});

describe('upstreams', () => {
  test('are created, shown, changed and deleted; the password is never shown', async () => {
    const id = await newRegistry();
    const created = await mara('POST', `${base}/registries/${id}/upstreams`, {
      name: 'up',
      url: `${upstream.url}/`,
      username: 'ann',
      password: 'very secret',
      cache_validity_hours: 12,
      metadata_cache_validity_hours: 6,
    });
    const up = idOf(created);
    const shown = {
      id: up,
      group_id: group.id,
      name: 'up',
      description: '',
      url: upstream.url,
      username: 'ann',
      cache_validity_hours: 12,
      metadata_cache_validity_hours: 6,
    };
    expect(created.body).toMatchObject({ ...shown, registry_upstream: { registry_id: id, position: 1 } });
    expect((await mara('GET', `${base}/upstreams/${up}`)).body).toMatchObject({
      ...shown,
      registry_upstreams: [{ registry_id: id, position: 1 }],
    });
    const list = await mara('GET', `${base}/registries/${id}/upstreams`);
    expect(list.body).toMatchObject([shown]);
    const ofGroup = await mara('GET', `/groups/${group.id}/-${base}/upstreams?upstream_name=u`);
    expect(ofGroup.body).toMatchObject([shown]);
    for (const answer of [created, list, ofGroup]) expect(JSON.stringify(answer.body)).not.toContain('secret');
    const changed = await mara('PATCH', `${base}/upstreams/${up}`, { description: 'theirs' });
    expect(changed.body).toMatchObject({ ...shown, description: 'theirs' });
    expect((await mara('DELETE', `${base}/upstreams/${up}`)).status).toBe(204);
    expect((await mara('GET', `${base}/upstreams/${up}`)).status).toBe(404);
  });

  test('another URL clears the credentials', async () => {
    const up = await newUpstream(await newRegistry(), { username: 'ann', password: 'secret' });
    const moved = await mara('PATCH', `${base}/upstreams/${up}`, { url: `${upstream.url}/elsewhere` });
    expect(moved.body).toMatchObject({ username: null });
    upstream.on('/elsewhere/', 'x');
    await mara('GET', `${base}/upstreams/${up}/test`);
    expect(upstream.headers.get('/elsewhere/')?.authorization).toBeUndefined();
  });

  test('are sent their credentials', async () => {
    const up = await newUpstream(await newRegistry(), {
      url: `${upstream.url}/private`,
      username: 'ann',
      password: 'secret',
    });
    upstream.on('/private/', 'x');
    expect((await mara('GET', `${base}/upstreams/${up}/test`)).body).toEqual({ success: true });
    expect(upstream.headers.get('/private/')?.authorization).toBe(
      `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    );
  });

  test.each([
    { url: 'http://10.0.0.1' },
    { url: 'http://169.254.169.254/' },
    { url: 'ftp://example.com' },
    { url: 'gid://gitlab/Project/999999' },
    { url: 'https://example.com', username: 'ann' },
    { url: 'https://example.com', password: 'x' },
    { url: 'https://example.com', cache_validity_hours: -1 },
    { url: 'https://example.com', metadata_cache_validity_hours: 0 },
    { url: 'https://example.com', trusted_origins: ['https://example.com/path'] },
    { url: 'https://example.com', rules: [{ kind: 'maybe', name: 'x' }] },
    {},
  ])('%j is refused', async (json) => {
    const answer = await mara('POST', `${base}/registries/${await newRegistry()}/upstreams`, json);
    expect([400, 404]).toContain(answer.status);
  });

  test('the same URL and credentials once a group, twenty a registry', async () => {
    const id = await newRegistry();
    const json = { url: `${upstream.url}/twin` };
    await newUpstream(id, json);
    expect((await mara('POST', `${base}/registries/${id}/upstreams`, json)).status).toBe(400);
    await newUpstream(id, { ...json, username: 'ann', password: 'x' });
    for (let i = 2; i < 20; i += 1) await newUpstream(id);
    expect((await mara('POST', `${base}/registries/${id}/upstreams`, { url: `${upstream.url}/21` })).status).toBe(400);
  });

  test('are put in order, shared, and taken out', async () => {
    const [one, two] = [await newRegistry(), await newRegistry()];
    const ids = [await newUpstream(one), await newUpstream(one), await newUpstream(one)];
    const order = async (): Promise<number[]> => {
      const list = (await mara('GET', `${base}/registries/${one}/upstreams`)).body as { id: number }[];
      return list.map(({ id }) => id);
    };
    const associations = (await mara('GET', `${base}/registries/${one}`)).body as {
      registry_upstreams: { id: number }[];
    };
    const last = associations.registry_upstreams[2]?.id;
    const moved = await mara('PATCH', `${base}/registry_upstreams/${last}`, { position: 1 });
    expect(moved.body).toMatchObject({ id: last, position: 1 });
    expect(await order()).toEqual([ids[2], ids[0], ids[1]]);
    const share = { registry_id: two, upstream_id: ids[0] };
    expect((await mara('POST', `${base}/registry_upstreams`, share)).body).toMatchObject({ ...share, position: 1 });
    expect((await mara('POST', `${base}/registry_upstreams`, share)).status).toBe(400);
    expect((await mara('DELETE', `${base}/registry_upstreams/${last}`)).status).toBe(204);
    expect(await order()).toEqual([ids[0], ids[1]]);
  });

  test('of another group can not be shared', async () => {
    const up = await newUpstream(await newRegistry());
    const elsewhere = await server.createGroup(`elsewhere-${count}`);
    await server.addMember(elsewhere, maintainer, 'maintainer');
    const theirs = idOf(await mara('POST', `/groups/${elsewhere.id}/-${base}/registries`, { name: 'x' }));
    expect((await mara('POST', `${base}/registry_upstreams`, { registry_id: theirs, upstream_id: up })).status).toBe(
      400,
    );
  });

  test.each([
    [200, true],
    [404, true],
    [401, false],
    [500, false],
  ])('a test that meets status %i says %s', async (status, success) => {
    const path = `/status-${status}`;
    upstream.on(`${path}/`, (_request, response) => void response.writeHead(status).end());
    const url = `${upstream.url}${path}`;
    expect((await mara('POST', `/groups/${group.id}/-${base}/upstreams/test`, { url })).body).toMatchObject({
      success,
    });
  });
});

describe('roles', () => {
  test('members read, maintainers manage, strangers see nothing', async () => {
    const id = await newRegistry();
    const up = await newUpstream(id);
    const calls: [string, string, unknown?][] = [
      ['GET', registries()],
      ['GET', `${base}/registries/${id}`],
      ['GET', `${base}/registries/${id}/upstreams`],
      ['GET', `${base}/upstreams/${up}`],
      ['GET', `${base}/upstreams/${up}/cache_entries`],
      ['GET', `${base}/registries/${id}/explain?package=x`],
    ];
    const changes: [string, string, unknown?][] = [
      ['POST', registries(), { name: 'x' }],
      ['PATCH', `${base}/registries/${id}`, { name: 'x' }],
      ['POST', `${base}/registries/${id}/upstreams`, { url: 'https://example.com' }],
      ['PATCH', `${base}/upstreams/${up}`, { name: 'x' }],
      ['GET', `${base}/upstreams/${up}/test`],
      ['POST', `/groups/${group.id}/-${base}/upstreams/test`, { url: 'https://example.com' }],
      ['DELETE', `${base}/upstreams/${up}/cache`],
      ['DELETE', `${base}/registries/${id}/cache`],
      ['DELETE', `${base}/upstreams/${up}`],
      ['DELETE', `${base}/registries/${id}`],
    ];
    const statuses = async (user: TestUser | null, of: typeof calls): Promise<number[]> => {
      const found: number[] = [];
      for (const [method, path, json] of of) found.push((await as(user)(method, path, json)).status);
      return [...new Set(found)];
    };
    expect(await statuses(developer, calls)).toEqual([200]);
    expect(await statuses(guest, calls)).toEqual([200]);
    expect(await statuses(stranger, [...calls, ...changes])).toEqual([404]);
    expect(await statuses(null, [...calls, ...changes])).toEqual([401]);
    expect(await statuses(developer, changes)).toEqual([403]);
  });
});

describe('the cache', () => {
  test('is listed, searched, and forgotten entry by entry or whole', async () => {
    const id = await newRegistry();
    const up = await newUpstream(id, { url: `${upstream.url}/${count}` });
    const pack = await npmPackage({ name: 'lace' });
    const tarball = `${upstream.url}/${count}/lace/-/lace-1.0.0.tgz`;
    upstream.on(`/${count}/lace/-/lace-1.0.0.tgz`, pack.tarball);
    upstream.on(`/${count}/lace`, {
      name: 'lace',
      versions: { '1.0.0': { ...pack.manifest, dist: { tarball, integrity: pack.integrity } } },
    });
    const wire = npmWire(`${server.url}/api/v4${base}/${id}/`, developer.token);
    expect((await wire.send('GET', 'lace/-/lace-1.0.0.tgz')).status).toBe(200);
    const entries = async (search = ''): Promise<{ id: string }[]> =>
      (await mara('GET', `${base}/upstreams/${up}/cache_entries?search=${search}`)).body as { id: string }[];
    const [entry] = await entries('lace');
    expect(entry).toMatchObject({
      upstream_id: up,
      group_id: group.id,
      size: pack.tarball.length,
      file_sha1: pack.shasum,
    });
    expect(await entries('other')).toEqual([]);
    expect((await as(developer)('DELETE', `${base}/cache_entries/${entry?.id}`)).status).toBe(403);
    expect((await mara('DELETE', `${base}/cache_entries/${entry?.id}`)).status).toBe(204);
    expect(await entries()).toEqual([]);
    expect((await mara('DELETE', `${base}/cache_entries/${entry?.id}`)).status).toBe(404);
    expect((await wire.send('GET', 'lace/-/lace-1.0.0.tgz')).status).toBe(200);
    expect((await mara('DELETE', `${base}/upstreams/${up}/cache`)).status).toBe(204);
    expect(await entries()).toEqual([]);
  });
});

describe('explanations', () => {
  test('tell which member answered what, and which rule hides which version', async () => {
    const id = await newRegistry();
    await newUpstream(id, { url: `gid://gitlab/Project/${project.id}`, name: 'ours' });
    await newUpstream(id, {
      name: 'theirs',
      url: `${upstream.url}/x${count}`,
      rules: [{ kind: 'deny', name: '*', version: '1.*' }],
    });
    const dist = { tarball: `${upstream.url}/t.tgz`, shasum: 'a'.repeat(40) };
    const versions = { '1.0.0': { version: '1.0.0', dist }, '2.0.0': { version: '2.0.0', dist } };
    upstream.on(`/x${count}/lace`, { name: 'lace', versions, time: { '2.0.0': '2020-01-01T00:00:00.000Z' } });
    const { body } = await as(developer)('GET', `${base}/registries/${id}/explain?package=lace`);
    expect(body).toMatchObject({
      package: 'lace',
      claimed: null,
      members: expect.arrayContaining([
        expect.objectContaining({ member: 'ours', outcome: 'absent' }),
        expect.objectContaining({
          member: 'theirs',
          outcome: 'found',
          age_seconds: 0,
          stale: false,
          versions: 2,
          hidden: [
            {
              version: '1.0.0',
              rule: 'deny',
              reason: expect.stringContaining('deny'),
            },
          ],
        }),
      ]),
      versions: [{ version: '2.0.0', published_at: '2020-01-01T00:00:00.000Z' }],
      error: null,
    });
    await npmWire(project.npm, developer.token).put(await npmPackage({ name: 'lace' }));
    const ours = await as(developer)('GET', `${base}/registries/${id}/explain?package=lace`);
    expect(ours.body).toMatchObject({
      claimed: expect.stringContaining('name of this group'),
      members: expect.arrayContaining([expect.objectContaining({ member: 'theirs', outcome: 'not-asked' })]),
      versions: [{ version: '1.0.0' }],
    });
    const answered = await npmWire(`${server.url}/api/v4${base}/${id}/`, developer.token).send('GET', 'lace');
    const path = `${base}/registries/${id}/traces/${answered.headers.get('x-packyard-trace')}`;
    expect((await as(guest)('GET', path)).body).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ member: 'ours', outcome: 'found' })]),
    });
    expect((await as(stranger)('GET', path)).status).toBe(404);
    expect((await as(guest)('GET', `${path}0`)).status).toBe(404);
    const none = await as(developer)('GET', `${base}/registries/${id}/explain?package=nothing`);
    expect(none.body).toMatchObject({ versions: null });
  });
});

describe('the dependency proxy of a project', () => {
  const settings = (): string => `/projects/${project.id}/dependency_proxy/settings/npm`;
  const proxy = (user: TestUser | null) =>
    npmWire(`${server.url}/api/v4/projects/${project.id}/dependency_proxy/packages/npm/`, user?.token ?? null);

  test('answers with the project first and its upstream after', async () => {
    expect((await mara('GET', settings())).status).toBe(404);
    const url = `${upstream.url}/p${count}`;
    expect((await mara('PUT', settings(), { url })).body).toMatchObject({ url, username: null });
    await npmWire(project.npm, developer.token).put(await npmPackage({ name: 'lace' }));
    const dist = { tarball: `${url}/t.tgz`, shasum: 'a'.repeat(40) };
    for (const name of ['lace', 'knot']) {
      upstream.on(`/p${count}/${name}`, { name, versions: { '9.0.0': { name, version: '9.0.0', dist } } });
    }
    expect(Object.keys((await proxy(developer).send('GET', 'lace')).json?.['versions'] ?? {})).toEqual(['1.0.0']);
    expect(Object.keys((await proxy(guest).send('GET', 'knot')).json?.['versions'] ?? {})).toEqual(['9.0.0']);
    expect((await proxy(null).send('GET', 'knot')).status).toBe(401);
    expect((await proxy(stranger).send('GET', 'knot')).status).toBe(404);
    expect((await proxy(developer).put(await npmPackage({ name: 'rope' }))).status).toBe(201);
    expect((await as(developer)('PUT', settings(), { url })).status).toBe(403);
    expect((await mara('DELETE', settings())).status).toBe(204);
    expect((await proxy(developer).send('GET', 'knot')).status).toBe(404);
  });

  test.each([{}, { url: 'http://10.0.0.1' }, { url: 'gid://gitlab/Project/1' }])('%j is refused', async (json) => {
    expect([400, 404]).toContain((await mara('PUT', settings(), json)).status);
  });
});
