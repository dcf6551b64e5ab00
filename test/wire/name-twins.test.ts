/** Names of ours that other registries have too: found in the cache at once, and by asking where that is wanted. */
import { beforeEach, describe, expect, test } from 'vitest';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { type NpmWire, npmWire } from './npm-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
let wire: NpmWire;
let name: string;

interface Twin {
  readonly name: string;
  readonly found_by: string;
  readonly upstream_id: number;
  readonly newest_version: string | null;
  readonly versions: number | null;
}
interface Check {
  readonly finished_at: string | null;
  readonly asked: number;
  readonly failed: number;
}

beforeEach(() => {
  name = `thing-${scene.count}`;
  wire = npmWire(`${scene.registry.url}/`, scene.member.token);
});

const group = (): string => `/groups/${scene.group.id}/-/virtual_registries/packages/npm`;
const check = (): string => `/virtual_registries/packages/npm/registries/${scene.registry.id}/twin_check`;
const twins = async (): Promise<Twin[]> => {
  const all = await scene.server.api<Twin[]>('GET', `${group()}/twins?per_page=100`);
  return all.filter(({ upstream_id }) => upstream_id === scene.upstreamId);
};
const publish = async (of: string): Promise<void> => {
  expect((await npmWire(scene.project.npm, scene.server.rootToken).put(await npmPackage({ name: of }))).status).toBe(
    201,
  );
};
const install = async (of: string): Promise<void> => {
  expect((await wire.send('GET', encodeURIComponent(of))).status).toBe(200);
  expect((await wire.send('GET', `${of}/-/${of.replace(/^.*\//, '')}-1.0.0.tgz`)).status).toBe(200);
};
const statusOf = async (method: string, path: string, token: string): Promise<number> => {
  const response = await fetch(`${scene.server.url}/api/v4${path}`, { method, headers: { 'private-token': token } });
  await response.arrayBuffer();
  return response.status;
};

describe('without asking anybody', () => {
  test.each([
    ['its file', async () => install(name)],
    ['its document alone', async () => void (await wire.send('GET', name))],
    [
      'its short document alone',
      async () => void (await wire.send('GET', name, undefined, { accept: 'application/vnd.npm.install-v1+json' })),
    ],
  ])('a first publish of a name of which the cache has %s', async (_what, fetchIt) => {
    await offerNpm(scene.upstream, name, [{ version: '1.0.0' }, { version: '99.0.0' }]);
    await fetchIt();
    expect(await twins()).toEqual([]);
    scene.upstream.hits.clear();
    await publish(name);
    expect(await twins()).toEqual([
      expect.objectContaining({ name, found_by: 'cache', newest_version: '99.0.0', versions: 2 }),
    ]);
    expect(scene.upstream.hits.size).toBe(0);
    const events = JSON.stringify(await scene.server.api('GET', '/audit_events?per_page=100'));
    expect(events.split(`npm:${name}"`)).toHaveLength(2);
    expect(events).toContain('name-twin.found');
    const metrics = await (await fetch(`${scene.server.url}/-/metrics`)).text();
    expect(Number(/^packyard_name_twins (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  });

  test('what the cache has of a scope that is ours now, and of a beginning that is reserved', async () => {
    const scope = `@scope${scene.count}`;
    for (const of of [`${scope}/theirs`, `begins${scene.count}-a`, `begun${scene.count}`]) {
      await offerNpm(scene.upstream, of, [{}]);
      await install(of);
    }
    scene.upstream.hits.clear();
    await publish(`${scope}/ours`);
    expect((await twins()).map((twin) => twin.name)).toEqual([`${scope}/theirs`]);
    await scene.server.api('POST', `${group()}/reserved_names`, { pattern: `begins${scene.count}-*` });
    expect((await twins()).map((twin) => twin.name).toSorted()).toEqual([`${scope}/theirs`, `begins${scene.count}-a`]);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('a name that nobody else has raises no alarm', async () => {
    expect((await wire.send('GET', name)).status).toBe(404);
    await publish(name);
    expect(await twins()).toEqual([]);
  });
});

describe('by asking', () => {
  const finished = async (): Promise<Check> => {
    for (;;) {
      const state = await scene.server.api<Check>('GET', check());
      if (state.finished_at !== null) return state;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  test('every name and scope, where the registry says so; what is gone there is a twin no more', async () => {
    const scope = `@wide${scene.count}`;
    await publish(name);
    await publish(`${scope}/ours`);
    await publish(`lone-${scene.count}`);
    await offerNpm(scene.upstream, name, [{ version: '3.0.0' }]);
    scene.upstream.on('/-/v1/search', {
      objects: [{ package: { name: `${scope}/theirs` } }, { package: { name: 'x' } }],
    });
    expect(await statusOf('POST', check(), scene.server.rootToken)).toBe(400);
    expect(scene.upstream.hits.size).toBe(0);
    await scene.change({ check_public_twins: true });
    expect(await statusOf('POST', check(), scene.member.token)).toBe(403);
    expect(await statusOf('POST', check(), scene.server.rootToken)).toBe(202);
    const state = await finished();
    expect(state.failed).toBe(0);
    expect(state.asked).toBeGreaterThanOrEqual(4);
    const found = (await twins()).toSorted((a, b) => a.name.localeCompare(b.name));
    expect(found).toEqual([
      expect.objectContaining({ name: `${scope}/theirs`, found_by: 'check' }),
      expect.objectContaining({ name, found_by: 'check', newest_version: '3.0.0', versions: 1 }),
    ]);
    // It stays one of ours alone.
    expect(Object.keys((await wire.send('GET', name)).json?.['versions'] ?? {})).toEqual(['1.0.0']);
    scene.now += 25 * hour;
    scene.upstream.on(`/${name}`, (_request, response) => void response.writeHead(404).end());
    expect(await statusOf('POST', check(), scene.server.rootToken)).toBe(202);
    await finished();
    expect((await twins()).map((twin) => twin.name)).toEqual([`${scope}/theirs`]);
  }, 60_000);

  test('an upstream that is down tells nothing: twins stay, and it is counted', async () => {
    await offerNpm(scene.upstream, name, [{}]);
    await install(name);
    await publish(name);
    await scene.change({ check_public_twins: true });
    scene.now += 25 * hour;
    scene.upstream.on(`/${name}`, (_request, response) => void response.writeHead(403).end());
    expect(await statusOf('POST', check(), scene.server.rootToken)).toBe(202);
    expect((await finished()).failed).toBeGreaterThan(0);
    expect((await twins()).map((twin) => twin.name)).toEqual([name]);
  }, 60_000);
});

test('only maintainers of the group see what is taken elsewhere', async () => {
  const stranger = await scene.server.createUser(`stranger${scene.count}`);
  expect(await statusOf('GET', `${group()}/twins`, scene.member.token)).toBe(403);
  expect(await statusOf('GET', `${group()}/twins`, stranger.token)).toBe(404);
  expect(await statusOf('GET', check(), scene.member.token)).toBe(403);
  expect(await statusOf('GET', check(), scene.server.rootToken)).toBe(404);
});
