/** What upstreams gave goes when nobody asks for it: by a group's policy, and by the bounds of the server. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { offerNpm } from '../harness/offered-packages.ts';
import { type RestAnswer, restOf } from '../harness/rest.ts';
import { startServer } from '../harness/server.ts';
import { createRegistry } from '../harness/virtual.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const day = 24 * hour;
const scene = virtualScene({ format: 'npm' });
let name: string;

beforeEach(() => {
  name = `thing-${scene.count}`;
});

const rest = (method: string, path: string, json?: object, token = scene.server.rootToken): Promise<RestAnswer> =>
  restOf(scene.server)(method, path, { token, ...(json === undefined ? {} : { json }) });
const policy = (group = scene.group.id): string => `/groups/${group}/-/virtual_registries/cleanup/policy`;
const usage = async (of: 'registries' | 'upstreams', id: number): Promise<unknown> =>
  (await rest('GET', `/virtual_registries/packages/npm/${of}/${id}/cache`)).body;
const tarball = (of = name): string => `${of}/-/${of}-1.0.0.tgz`;

describe('the policy of a group', () => {
  test('is created, shown, changed and deleted, in the shape of GitLab', async () => {
    expect((await rest('GET', policy())).status).toBe(404);
    const created = await rest('POST', policy(), { enabled: true, cadence: 14, keep_n_days_after_download: 60 });
    expect(created.status).toBe(201);
    const at = (time: number): string => new Date(time).toISOString();
    expect(created.body).toEqual({
      group_id: scene.group.id,
      enabled: true,
      cadence: 14,
      keep_n_days_after_download: 60,
      notify_on_success: false,
      notify_on_failure: false,
      status: 'scheduled',
      next_run_at: at(scene.now + 14 * day),
      last_run_at: null,
      last_run_deleted_size: 0,
      last_run_deleted_entries_count: 0,
      last_run_detailed_metrics: {},
      failure_message: null,
      created_at: at(scene.now),
      updated_at: at(scene.now),
    });
    expect((await rest('POST', policy(), {})).status).toBe(400);
    const changed = await rest('PATCH', policy(), { cadence: 1, notify_on_failure: true });
    expect(changed.body).toMatchObject({
      cadence: 1,
      keep_n_days_after_download: 60,
      next_run_at: at(scene.now + day),
    });
    expect((await rest('PATCH', policy(), { enabled: false })).body).toMatchObject({ next_run_at: null });
    expect((await rest('GET', policy())).body).toMatchObject({ enabled: false, notify_on_failure: true });
    expect((await rest('DELETE', policy())).status).toBe(204);
    expect((await rest('DELETE', policy())).status).toBe(404);
  });

  test.each([{ cadence: 2 }, { keep_n_days_after_download: 0 }, { keep_n_days_after_download: 366 }, { enabled: 'x' }])(
    '%j is refused',
    async (fields) => {
      expect((await rest('POST', policy(), fields)).status).toBe(400);
    },
  );

  test('is for owners, of groups at the top', async () => {
    const mara = await scene.server.createUser(`mara-${scene.count}`);
    await scene.server.addMember(scene.group, mara, 'maintainer');
    const sten = await scene.server.createUser(`sten-${scene.count}`);
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      expect((await rest(method, policy(), body, mara.token)).status).toBe(403);
      expect((await rest(method, policy(), body, sten.token)).status).toBe(404);
    }
    const sub = await scene.server.createGroup(`acme/sub-${scene.count}`);
    expect((await rest('POST', policy(sub.id), {})).status).toBe(400);
  });

  test('forgets what nobody asked for, and nothing else; what came first stays the only thing accepted', async () => {
    const [used, unused] = [name, `${name}-old`];
    await offerNpm(scene.upstream, used, [{}]);
    await offerNpm(scene.upstream, unused, [{}]);
    for (const each of [used, unused]) expect((await scene.get(tarball(each))).status).toBe(200);
    const { id } = scene.registry;
    expect(await usage('registries', id)).toMatchObject({
      files: { entries_count: 2 },
      documents: { entries_count: 2 },
      least_recently_used_at: new Date(scene.now).toISOString(),
    });
    await rest('POST', policy(), {
      enabled: true,
      cadence: 30,
      keep_n_days_after_download: 20,
      notify_on_success: true,
    });
    scene.now += 29 * day;
    expect((await scene.get(tarball(used))).status).toBe(200);
    expect((await scene.get(used)).status).toBe(200);
    // Uses are written down every few seconds.
    await vi.waitFor(
      async () =>
        expect(await scene.server.api('GET', entriesOf())).toContainEqual(
          expect.objectContaining({ downloads_count: 2 }),
        ),
      { timeout: 30_000, interval: 200 },
    );
    scene.now += 2 * day;
    await vi.waitFor(async () => expect((await scene.entries()).length).toBe(1), { timeout: 60_000, interval: 200 });
    expect(await usage('upstreams', scene.upstreamId)).toMatchObject({
      files: { entries_count: 1 },
      documents: { entries_count: 1 },
    });
    const ran = (await rest('GET', policy())).body as { last_run_deleted_size: number };
    expect(ran).toMatchObject({
      last_run_at: new Date(scene.now).toISOString(),
      // A file and its document, and the short form of the other document, which only the first download wanted.
      last_run_deleted_entries_count: 3,
      last_run_detailed_metrics: { npm: { deleted_entries_count: 3, deleted_size: ran.last_run_deleted_size } },
    });
    expect(ran.last_run_deleted_size).toBeGreaterThan(100);
    expect(JSON.stringify(await scene.server.events())).toContain('cache-cleanup.done');
    expect((await scene.get(tarball(unused))).status).toBe(200);
    await rest('DELETE', `/virtual_registries/packages/npm/upstreams/${scene.upstreamId}/cache`);
    await offerNpm(scene.upstream, unused, [{ bytes: (await scene.get(tarball(used))).bytes ?? Buffer.alloc(0) }]);
    expect((await scene.get(tarball(unused))).status).toBe(502);
    await rest('DELETE', policy());
  }, 120_000);
});

const entriesOf = (): string => `/virtual_registries/packages/npm/upstreams/${scene.upstreamId}/cache_entries`;

test.each([{ PACKYARD_UPSTREAM_CACHE_DAYS: '1' }, { PACKYARD_UPSTREAM_CACHE_SIZE: '1' }])(
  'the server keeps within %j',
  async (bounds) => {
    let now = Date.now();
    const server = await startServer({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1', ...bounds } });
    await offerNpm(scene.upstream, name, [{}]);
    const registry = await createRegistry(server, await server.createGroup('bound'), 'npm', [scene.upstream.url]);
    const url = `${registry.url}/${tarball()}`;
    const get = async (): Promise<number> =>
      (await fetch(url, { headers: { 'private-token': server.rootToken } })).status;
    expect(await get()).toBe(200);
    const entries = `/virtual_registries/packages/npm/upstreams/${registry.upstreams[0]?.id}/cache_entries`;
    expect(await server.api('GET', entries)).toHaveLength(1);
    now += 2 * day;
    await vi.waitFor(async () => expect(await server.api('GET', entries)).toEqual([]), {
      timeout: 60_000,
      interval: 200,
    });
    expect(await get()).toBe(200);
    await server.stop();
  },
  120_000,
);

test('who reads a file while it is forgotten reads it to the end', async () => {
  const large = randomBytes(32 * 2 ** 20);
  scene.upstream.on('/tool/1.0/tool.bin', large);
  const registry = await createRegistry(scene.server, scene.group, 'generic', [scene.upstream.url]);
  const url = `${registry.url}/tool/1.0/tool.bin`;
  const get = (): Promise<Response> => fetch(url, { headers: { 'private-token': scene.server.rootToken } });
  await (await get()).arrayBuffer();
  const upstream = `/virtual_registries/packages/generic/upstreams/${registry.upstreams[0]?.id}`;
  const [entry] = await scene.server.api<{ id: string }[]>('GET', `${upstream}/cache_entries`);
  const reader = (await get()).body?.getReader();
  const parts = [(await reader?.read())?.value ?? new Uint8Array()];
  await scene.server.api('DELETE', `/virtual_registries/packages/generic/cache_entries/${entry?.id}`);
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) parts.push(next.value);
  expect(Buffer.concat(parts).equals(large)).toBe(true);
});
