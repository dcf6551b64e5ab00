/** npm through a virtual registry: whose name it is, who may read, and what policy hides. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Offered, offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';
import { gid } from '../harness/virtual.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
/** As a developer of the group. */
let wire: NpmWire;
let name: string;

beforeEach(() => {
  name = `thing-${scene.count}`;
  wire = npmWire(`${scene.registry.url}/`, scene.member.token);
});

const offer = (of: string, versions: readonly Offered[], target = scene.upstream): Promise<Map<string, Buffer>> =>
  offerNpm(target, of, versions);
const versionsIn = ({ json }: WireAnswer): string[] => Object.keys(json?.['versions'] ?? {});
const tarballOf = (of = name, version = '1.0.0'): string => `${of}/-/${of.replace(/^.*\//, '')}-${version}.tgz`;

describe('names of ours', () => {
  const publish = async (of: string, version = '1.0.0'): Promise<void> => {
    const { status } = await npmWire(scene.project.npm, scene.member.token).put(
      await npmPackage({ name: of, version }),
    );
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
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('names of another group stay closed when its member is gone', async () => {
    const partner = await scene.server.createGroup(`partner-${scene.count}`, 'public');
    const theirs = await scene.server.createProject(`partner-${scene.count}/app`, 'private');
    await scene.server.addMember(partner, scene.member, 'developer');
    expect((await npmWire(theirs.npm, scene.member.token).put(await npmPackage({ name }))).status).toBe(201);
    await offer(name, [{ version: '99.0.0' }]);
    await scene.server.api('POST', `/virtual_registries/packages/npm/registries/${scene.registry.id}/upstreams`, {
      url: gid.project(theirs.id),
    });
    expect(versionsIn(await wire.send('GET', name))).toEqual(['1.0.0']);
    await scene.server.api('DELETE', `/projects/${theirs.id}`);
    expect((await wire.send('GET', name)).status).toBe(404);
    expect((await wire.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('and so does its scope, and a package that was removed', async () => {
    await publish(`@acme/${name}`);
    await offer('@acme/other', [{ version: '9.0.0' }]);
    expect((await wire.send('GET', '@acme/other')).status).toBe(404);
    await publish(name);
    await scene.server.api('DELETE', `/projects/${scene.project.id}/packages/${await idOf(name)}`);
    await offer(name, [{ version: '99.0.0' }]);
    expect((await wire.send('GET', name)).status).toBe(404);
    expect((await wire.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('one that the caller may not see is not asked for either', async () => {
    const hidden = await scene.server.createProject(`acme/hidden-${scene.count}`, 'private');
    const guest = await scene.server.createUser(`guest${scene.count}`);
    const open = await scene.server.createProject(`acme/open-${scene.count}`, 'private');
    await scene.server.addMember(open, guest, 'guest');
    await npmWire(hidden.npm, scene.server.rootToken).put(await npmPackage({ name }));
    await offer(name, [{ version: '99.0.0' }]);
    const theirs = npmWire(`${scene.registry.url}/`, guest.token);
    expect((await theirs.send('GET', name)).status).toBe(404);
    expect((await theirs.send('GET', tarballOf(name, '99.0.0'))).status).toBe(404);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('unless the registry shares the name', async () => {
    await publish(name);
    await offer(name, [{ version: '99.0.0' }]);
    await scene.change({ shared_names: [name] });
    expect(versionsIn(await wire.send('GET', name)).toSorted()).toEqual(['1.0.0', '99.0.0']);
  });

  const idOf = async (of: string): Promise<number> => {
    const packages = `/projects/${scene.project.id}/packages?package_name=${of}`;
    const found = await scene.server.api<{ id: number; name: string }[]>('GET', packages);
    return found.find((each) => each.name === of)?.id ?? 0;
  };
});

describe('who may read', () => {
  test('anonymous callers are asked to sign in, strangers see nothing', async () => {
    const stranger = await scene.server.createUser(`stranger${scene.count}`);
    expect((await npmWire(`${scene.registry.url}/`, null).send('GET', name)).status).toBe(401);
    expect((await npmWire(`${scene.registry.url}/`, stranger.token).send('GET', name)).status).toBe(404);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test.each([
    ['read_virtual_registry', 200],
    ['read_package_registry', 403],
  ])('a deploy token with %s gets %i', async (scope, status) => {
    await offer(name, [{}]);
    const token = await scene.server.createToken({ kind: 'deploy', of: scene.group, scopes: [scope] });
    expect((await npmWire(`${scene.registry.url}/`, token.token).send('GET', name)).status).toBe(status);
  });

  test('publishing goes to the deploy project, or is refused', async () => {
    const pack = await npmPackage({ name });
    expect((await wire.put(pack)).status).toBe(405);
    await scene.change({
      deploy_project_id: scene.project.id,
    });
    expect((await wire.put(pack)).status).toBe(201);
    expect((await wire.send('GET', name)).status).toBe(200);
    expect(scene.upstream.hits.size).toBe(0);
  });
});

describe('policy', () => {
  const set = (policy: Record<string, unknown>): Promise<unknown> => scene.change(policy);
  const ago = (hours: number): string => new Date(scene.now - hours * hour).toISOString();

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
    scene.now += 65 * hour;
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
    await scene.changeUpstream({
      rules: [{ kind: 'deny', name, version: '1.*' }],
    });
    expect(versionsIn(await wire.send('GET', name))).toEqual(['2.0.0']);
    expect((await wire.send('GET', tarballOf())).status).toBe(403);
  });
});
