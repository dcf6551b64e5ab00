/** npm through a virtual registry: whose name it is, who may read, and what policy hides. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { type Offered, offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';

const hour = 3_600_000;
let server: TestServer;
let now = Date.now();
let group: TestGroup;
let project: TestProject;
let member: TestUser;
let count = 0;

beforeAll(async () => {
  server = await startServer({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  group = await server.createGroup('acme', 'public');
  project = await server.createProject('acme/app', 'private');
  member = await server.createUser('mia');
  await server.addMember(group, member, 'developer');
});
afterAll(() => server.stop());

/** Each test has an upstream and a registry of its own, and names that no other has. */
let upstream: FakeUpstream;
let registry: TestRegistry;
let wire: NpmWire;
let name: string;

beforeEach(async () => {
  count += 1;
  name = `thing-${count}`;
  upstream = await fakeUpstream();
  registry = await fresh();
  wire = npmWire(`${registry.url}/`, member.token);
  return () => upstream.close();
});

/** A group has twenty registries at most: the one of the test before goes. */
async function fresh(more: Record<string, unknown> = {}): Promise<TestRegistry> {
  if (registry !== undefined)
    await server.api('DELETE', `/virtual_registries/packages/npm/registries/${registry.id}`).catch(() => null);
  return createRegistry(server, group, 'npm', [gid.project(project.id), { url: upstream.url }], more);
}

const offer = (of: string, versions: readonly Offered[], target = upstream): Promise<Map<string, Buffer>> =>
  offerNpm(target, of, versions);
const versionsIn = ({ json }: WireAnswer): string[] => Object.keys(json?.['versions'] ?? {});
const tarballOf = (of = name, version = '1.0.0'): string => `${of}/-/${of.replace(/^.*\//, '')}-${version}.tgz`;

describe('names of ours', () => {
  const publish = async (of: string, version = '1.0.0'): Promise<void> => {
    const { status } = await npmWire(project.npm, member.token).put(await npmPackage({ name: of, version }));
    expect(status).toBe(201);
  };

  test('a local package hides higher versions upstream: document, tag, range, guessed file', async () => {
    await publish(name);
    await offer(name, [{ version: '99.0.0' }]);
    const document = await wire.send('GET', name);
    expect(versionsIn(document)).toEqual(['1.0.0']);
    expect(document.json?.['dist-tags']).toEqual({ latest: '1.0.0' });
    expect((await wire.send('GET', `${name}/99.0.0`)).status).toBe(404);
    expect((await wire.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    expect(upstream.hits.size).toBe(0);
  });

  test('names of another group stay closed when its member is gone', async () => {
    const partner = await server.createGroup(`partner-${count}`, 'public');
    const theirs = await server.createProject(`partner-${count}/app`, 'private');
    await server.addMember(partner, member, 'developer');
    expect((await npmWire(theirs.npm, member.token).put(await npmPackage({ name }))).status).toBe(201);
    await offer(name, [{ version: '99.0.0' }]);
    await server.api('POST', `/virtual_registries/packages/npm/registries/${registry.id}/upstreams`, {
      url: gid.project(theirs.id),
    });
    expect(versionsIn(await wire.send('GET', name))).toEqual(['1.0.0']);
    await server.api('DELETE', `/projects/${theirs.id}`);
    expect((await wire.send('GET', name)).status).toBe(404);
    expect((await wire.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect(upstream.hits.size).toBe(0);
  });

  test('and so does its scope, and a package that was removed', async () => {
    await publish(`@acme/${name}`);
    await offer('@acme/other', [{ version: '9.0.0' }]);
    expect((await wire.send('GET', '@acme/other')).status).toBe(404);
    await publish(name);
    await server.api('DELETE', `/projects/${project.id}/packages/${await idOf(name)}`);
    await offer(name, [{ version: '99.0.0' }]);
    expect((await wire.send('GET', name)).status).toBe(404);
    expect((await wire.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect(upstream.hits.size).toBe(0);
  });

  test('one that the caller may not see is not asked for either', async () => {
    const hidden = await server.createProject(`acme/hidden-${count}`, 'private');
    const guest = await server.createUser(`guest${count}`);
    const open = await server.createProject(`acme/open-${count}`, 'private');
    await server.addMember(open, guest, 'guest');
    await npmWire(hidden.npm, server.rootToken).put(await npmPackage({ name }));
    await offer(name, [{ version: '99.0.0' }]);
    const theirs = npmWire(`${registry.url}/`, guest.token);
    expect((await theirs.send('GET', name)).status).toBe(404);
    expect((await theirs.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect(upstream.hits.size).toBe(0);
  });

  test('unless the registry shares the name', async () => {
    await publish(name);
    await offer(name, [{ version: '99.0.0' }]);
    await server.api('PATCH', `/virtual_registries/packages/npm/registries/${registry.id}`, { shared_names: [name] });
    expect(versionsIn(await wire.send('GET', name)).toSorted()).toEqual(['1.0.0', '99.0.0']);
  });

  const idOf = async (of: string): Promise<number> => {
    const packages = `/projects/${project.id}/packages?package_name=${of}`;
    const found = await server.api<{ id: number; name: string }[]>('GET', packages);
    return found.find((each) => each.name === of)?.id ?? 0;
  };
});

describe('who may read', () => {
  test('anonymous callers are asked to sign in, strangers see nothing', async () => {
    const stranger = await server.createUser(`stranger${count}`);
    expect((await npmWire(`${registry.url}/`, null).send('GET', name)).status).toBe(401);
    expect((await npmWire(`${registry.url}/`, stranger.token).send('GET', name)).status).toBe(404);
    expect(upstream.hits.size).toBe(0);
  });

  test.each([
    ['read_virtual_registry', 200],
    ['read_package_registry', 403],
  ])('a deploy token with %s gets %i', async (scope, status) => {
    await offer(name, [{}]);
    const token = await server.createToken({ kind: 'deploy', of: group, scopes: [scope] });
    expect((await npmWire(`${registry.url}/`, token.token).send('GET', name)).status).toBe(status);
  });

  test('publishing goes to the deploy project, or is refused', async () => {
    const pack = await npmPackage({ name });
    expect((await wire.put(pack)).status).toBe(405);
    await server.api('PATCH', `/virtual_registries/packages/npm/registries/${registry.id}`, {
      deploy_project_id: project.id,
    });
    expect((await wire.put(pack)).status).toBe(201);
    expect((await wire.send('GET', name)).status).toBe(200);
    expect(upstream.hits.size).toBe(0);
  });
});

describe('policy', () => {
  const set = (policy: Record<string, unknown>): Promise<unknown> =>
    server.api('PATCH', `/virtual_registries/packages/npm/registries/${registry.id}`, policy);
  const ago = (hours: number): string => new Date(now - hours * hour).toISOString();

  test('a minimum age hides young versions, in the document and as files, and moves tags', async () => {
    await offer(name, [
      { version: '1.0.0', time: ago(100) },
      { version: '1.1.0', time: ago(10) },
    ]);
    await set({ minimum_release_age_hours: 72 });
    const abbreviated = await wire.send('GET', name, undefined, { accept: 'application/vnd.npm.install-v1+json' });
    expect(versionsIn(abbreviated)).toEqual(['1.0.0']);
    expect(abbreviated.json?.['dist-tags']).toEqual({ latest: '1.0.0' });
    const young = await wire.send('GET', tarballOf(name, '1.1.0'));
    expect(young.status).toBe(403);
    expect(young.bytes.toString()).toContain('72 hours');
    now += 65 * hour;
    expect(versionsIn(await wire.send('GET', name))).toEqual(['1.0.0', '1.1.0']);
    expect((await wire.send('GET', tarballOf(name, '1.1.0'))).status).toBe(200);
  });

  test('unknown dates are refused, unless told otherwise', async () => {
    await offer(name, [{ time: null }]);
    await set({ minimum_release_age_hours: 1 });
    expect((await wire.send('GET', name)).status).toBe(403);
    expect((await wire.send('GET', tarballOf())).status).toBe(403);
    await set({ unknown_release_date: 'allow' });
    expect((await wire.send('GET', name)).status).toBe(200);
  });

  test('it counts for what is cached already', async () => {
    await offer(name, [{ time: ago(1) }]);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    await set({ minimum_release_age_hours: 24 });
    expect((await wire.send('GET', tarballOf())).status).toBe(403);
    await set({ exemptions: [{ name, version: '1.0.0', reason: 'fixes our outage' }] });
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
  });

  test('a freeze, rules that deny, and a dry run', async () => {
    await offer(name, [
      { version: '1.0.0', time: ago(500) },
      { version: '2.0.0', time: ago(5) },
    ]);
    await set({ freeze_after: ago(100) });
    expect(versionsIn(await wire.send('GET', name))).toEqual(['1.0.0']);
    await set({ policy_dry_run: true });
    expect(versionsIn(await wire.send('GET', name))).toEqual(['1.0.0', '2.0.0']);
    await set({ freeze_after: null, policy_dry_run: false });
    await server.api('PATCH', `/virtual_registries/packages/npm/upstreams/${registry.upstreams[1]?.id}`, {
      rules: [{ kind: 'deny', name, version: '1.*' }],
    });
    expect(versionsIn(await wire.send('GET', name))).toEqual(['2.0.0']);
    expect((await wire.send('GET', tarballOf())).status).toBe(403);
  });
});
