/** Names that a group reserves before anything is published: no other registry is asked, no other project publishes. */
import { beforeEach, describe, expect, test } from 'vitest';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { createRegistry } from '../harness/virtual.ts';
import type { TestProject } from '../harness/types.ts';
import { type NpmWire, npmWire } from './npm-wire.ts';
import { virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
let wire: NpmWire;
let name: string;

interface Reserved {
  readonly id: number;
  readonly pattern: string;
  readonly exclusive: boolean;
  readonly owner_project_id: number | null;
}
interface Claimed {
  readonly name: string;
  readonly origin: string;
}

beforeEach(() => {
  name = `thing-${scene.count}`;
  wire = npmWire(`${scene.registry.url}/`, scene.member.token);
});

const reservedNames = (format = 'npm', group = scene.group.id): string =>
  `/groups/${group}/-/virtual_registries/packages/${format}/reserved_names`;
const claimedNames = (): string => `/groups/${scene.group.id}/-/virtual_registries/packages/npm/claimed_names`;
const reserve = (pattern: string, more: Record<string, unknown> = {}, format = 'npm'): Promise<Reserved> =>
  scene.server.api('POST', reservedNames(format), { pattern, ...more });
const giveUp = ({ id }: Reserved): Promise<unknown> => scene.server.api('DELETE', `${reservedNames()}/${id}`);
const statusOf = async (method: string, path: string, body: unknown, token: string): Promise<number> => {
  const response = await fetch(`${scene.server.url}/api/v4${path}`, {
    method,
    headers: { 'private-token': token, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.status;
};
const publish = async (of: string, to: TestProject = scene.project, token = scene.server.rootToken) =>
  npmWire(to.npm, token).put(await npmPackage({ name: of }));
const explain = (of: string, token?: string): Promise<{ claimed: string | null; members: { outcome: string }[] }> => {
  const path = `/virtual_registries/packages/npm/registries/${scene.registry.id}/explain?package=${encodeURIComponent(of)}`;
  return scene.server.api('GET', path, undefined, token);
};

describe('no other registry is asked', () => {
  test('for a reserved name: not for the document, not for a guessed file, until it is given up', async () => {
    await offerNpm(scene.upstream, name, [{ version: '99.0.0' }]);
    const reservation = await reserve(name);
    const document = await wire.send('GET', name);
    expect(document.status).toBe(404);
    expect(document.json?.['error']).toBe(
      `${name} is reserved for this group by ${name}: other registries are not asked for it.`,
    );
    expect((await wire.send('GET', `${name}/-/${name}-99.0.0.tgz`)).status).toBe(404);
    expect((await explain(name)).claimed).toContain('is reserved');
    expect(scene.upstream.hits.size).toBe(0);
    await giveUp(reservation);
    expect((await wire.send('GET', name)).status).toBe(200);
  });

  test.each([
    ['@acme9/*', '@acme9/anything', '@acme99/anything'],
    ['acme9-*', 'acme9-utils', 'acme9utils'],
    ['acme9-*', 'Acme9_utils', 'acme'],
    ['Acme9.Exact', 'acme9-exact', 'acme9-exactly'],
  ])('%s means %s, and not %s', async (pattern, meant, other) => {
    await offerNpm(scene.upstream, meant, [{}]);
    await offerNpm(scene.upstream, other, [{}]);
    const reservation = await reserve(pattern);
    expect((await wire.send('GET', encodeURIComponent(meant))).status).toBe(404);
    expect(scene.upstream.hits.size).toBe(0);
    expect((await wire.send('GET', encodeURIComponent(other))).status).toBe(200);
    await giveUp(reservation);
  });

  test.each([
    ['maven', 'com.acme9.*', ['com/acme9/lib/maven-metadata.xml', 'com/acme9/maven-metadata.xml']],
    ['maven', 'org.acme9:*', ['org/acme9/lib/1.0/lib-1.0.pom', 'org/acme9/lib/1.0/maven-metadata.xml']],
    ['maven', 'net.acme9:lib', ['net/acme9/lib/maven-metadata.xml', 'net/acme9/lib/2.0/lib-2.0.jar']],
    ['pypi', 'Acme9_*', ['simple/acme9-utils/', `files/${'a'.repeat(64)}/acme9_utils-9.0.tar.gz`]],
    ['nuget', 'Acme9.*', ['metadata/acme9.utils/index.json', 'download/ACME9.Utils/index.json']],
    ['generic', 'acme9-*', ['acme9-tool/1.0/tool.zip']],
  ])('%s: %s', async (format, pattern, paths) => {
    await reserve(pattern, {}, format);
    const { url } = await createRegistry(scene.server, scene.group, format, [scene.upstream.url]);
    for (const path of paths) expect((await scene.get(`${url}/${path}`)).status, path).toBe(404);
    const asked = [...scene.upstream.hits.keys()].filter((path) => /acme9/i.test(path));
    expect(asked).toEqual([]);
    expect(
      await statusOf('POST', reservedNames(format), { pattern: pattern.toLowerCase() }, scene.server.rootToken),
    ).toBe(409);
  });

  test('for names that look like one of ours, and for more capitals in its scope', async () => {
    await publish(`my-${name}`);
    await publish(`@mine${scene.count}/a`);
    for (const other of [`My_${name}`, `my.${name}`, `my${name}`.replace('-', ''), `@Mine${scene.count}/b`]) {
      await offerNpm(scene.upstream, other, [{}]);
      expect((await wire.send('GET', encodeURIComponent(other))).status, other).toBe(404);
    }
    expect(scene.upstream.hits.size).toBe(0);
    expect((await explain(`My_${name}`)).claimed).toContain(`looks like my-${name}`);
    await scene.change({ shared_names: [`my.${name}`] });
    expect((await wire.send('GET', `my.${name}`)).status).toBe(200);
  });
});

describe('who may publish', () => {
  test('the owner alone, and nobody once it is gone', async () => {
    const owner = await scene.server.createProject(`acme/owner-${scene.count}`, 'private');
    const pattern = `@kept${scene.count}/*`;
    const reservation = await reserve(pattern, { owner_project_id: owner.id });
    expect(reservation).toMatchObject({ exclusive: true, owner_project_id: owner.id });
    const refused = await publish(`@kept${scene.count}/lib`);
    expect(refused.status).toBe(403);
    expect(refused.json?.['error']).toBe(
      `@kept${scene.count}/lib is reserved by ${pattern} for another project of the group. A maintainer of the group can change that.`,
    );
    expect(
      (await npmWire(scene.project.npm, scene.server.rootToken).send('GET', `@kept${scene.count}%2flib`)).status,
    ).toBe(404);
    expect((await publish(`@kept${scene.count}/lib`, owner)).status).toBe(201);
    await scene.server.api('DELETE', `/projects/${owner.id}`);
    expect((await publish(`@kept${scene.count}/lib`)).status).toBe(403);
    await scene.server.api('PATCH', `${reservedNames()}/${reservation.id}`, { owner_group_id: scene.group.id });
    expect((await publish(`@kept${scene.count}/lib`)).status).toBe(201);
  });

  test('the most exact reservation counts, and one without owner is open to the group', async () => {
    const owner = await scene.server.createProject(`acme/exact-${scene.count}`, 'private');
    await reserve(`wide${scene.count}-*`, { owner_project_id: owner.id });
    await reserve(`wide${scene.count}-open-*`);
    expect((await publish(`wide${scene.count}-a`)).status).toBe(403);
    expect((await publish(`wide${scene.count}-open-a`)).status).toBe(201);
  });

  test('publishes and a reservation at once: each is stored whole or refused', async () => {
    const owner = await scene.server.createProject(`acme/race-${scene.count}`, 'private');
    const names = Array.from({ length: 8 }, (_, index) => `race${scene.count}-${index}`);
    const [, ...answers] = await Promise.all([
      reserve(`race${scene.count}-*`, { owner_project_id: owner.id }),
      ...names.map((each) => publish(each)),
    ]);
    const found = await scene.server.api<{ name: string }[]>(
      'GET',
      `/projects/${scene.project.id}/packages?per_page=100`,
    );
    for (const [index, each] of names.entries()) {
      const { status } = answers[index] as { status: number };
      expect([201, 403]).toContain(status);
      expect(found.some((one) => one.name === each)).toBe(status === 201);
      expect((await publish(`${each}-late`)).status).toBe(403);
    }
  });
});

describe('the list of names', () => {
  test('says where each came from; an owner releases what is left of one', async () => {
    await publish(name);
    expect(await claimed(name)).toEqual([expect.objectContaining({ name, origin: 'published' })]);
    const root = scene.server.rootToken;
    expect(await statusOf('DELETE', `${claimedNames()}/${name}`, undefined, root)).toBe(422);
    const [row] = await scene.server.api<{ id: number }[]>(
      'GET',
      `/projects/${scene.project.id}/packages?package_name=${name}`,
    );
    await scene.server.api('DELETE', `/projects/${scene.project.id}/packages/${row?.id}`);
    expect(await claimed(name)).toEqual([expect.objectContaining({ name, origin: 'tombstone' })]);
    await offerNpm(scene.upstream, name, [{}]);
    expect((await wire.send('GET', name)).status).toBe(404);
    const maintainer = await scene.server.createUser(`max${scene.count}`);
    await scene.server.addMember(scene.group, maintainer, 'maintainer');
    expect(await statusOf('DELETE', `${claimedNames()}/${name}`, undefined, maintainer.token)).toBe(403);
    expect(await statusOf('DELETE', `${claimedNames()}/${name}`, undefined, root)).toBe(204);
    expect(await statusOf('DELETE', `${claimedNames()}/${name}`, undefined, root)).toBe(404);
    expect((await wire.send('GET', name)).status).toBe(200);
    const events = await scene.server.api<{ action?: string; event_type?: string }[]>('GET', '/audit_events');
    expect(JSON.stringify(events)).toContain('claimed-name.release');
  });

  const claimed = (search: string): Promise<Claimed[]> =>
    scene.server.api('GET', `${claimedNames()}?search=${encodeURIComponent(search)}`);
});

describe('refused', () => {
  test('roles, other groups, subgroups, strangers and tokens', async () => {
    const { server, group, member } = scene;
    const other = await server.createGroup(`other-${scene.count}`, 'private');
    const stranger = await server.createUser(`stranger${scene.count}`);
    await server.addMember(other, stranger, 'owner');
    const below = await server.createGroup(`acme/below-${scene.count}`, 'private');
    const deploy = await server.createToken({ kind: 'deploy', of: group, scopes: ['read_virtual_registry'] });
    const ask = (group_: number, token: string, body: unknown = { pattern: 'acme8-*' }): Promise<number> =>
      statusOf('POST', reservedNames('npm', group_), body, token);
    expect(await ask(group.id, member.token)).toBe(403);
    expect(await ask(group.id, deploy.token)).toBe(403);
    expect(await ask(group.id, stranger.token)).toBe(404);
    expect(await ask(group.id, 'wrong')).toBe(401);
    expect(await ask(below.id, server.rootToken)).toBe(400);
    expect(await statusOf('GET', reservedNames(), undefined, member.token)).toBe(403);
    expect(await statusOf('GET', claimedNames(), undefined, member.token)).toBe(403);
    const mine = await reserve(`mine8-${scene.count}`);
    expect(await statusOf('DELETE', `${reservedNames('npm', other.id)}/${mine.id}`, undefined, stranger.token)).toBe(
      404,
    );
    expect(await statusOf('DELETE', `${reservedNames('pypi')}/${mine.id}`, undefined, server.rootToken)).toBe(404);
    expect(await statusOf('POST', reservedNames('nothing'), { pattern: 'abc' }, server.rootToken)).toBe(404);
  });

  test.each([
    ['*'],
    ['a*'],
    ['@a*'],
    ['acme*utils'],
    ['*-acme'],
    ['acme-**'],
    ['ac me'],
    ['../acme'],
    ['acmé-*'],
    ['@acme/'],
    [''],
    ['x'.repeat(256)],
    [null],
  ])('%j is no pattern', async (pattern) => {
    expect(await statusOf('POST', reservedNames(), { pattern }, scene.server.rootToken)).toBe(400);
  });

  test('owners elsewhere, two owners, and more than there may be', async () => {
    const { server } = scene;
    await server.createGroup(`far-${scene.count}`, 'private');
    const far = await server.createProject(`far-${scene.count}/app`, 'private');
    const post = (body: unknown): Promise<number> => statusOf('POST', reservedNames('generic'), body, server.rootToken);
    expect(await post({ pattern: 'abc8', owner_project_id: far.id })).toBe(400);
    expect(await post({ pattern: 'abc8', owner_project_id: 999_999 })).toBe(400);
    expect(await post({ pattern: 'abc8', owner_project_id: scene.project.id, owner_group_id: scene.group.id })).toBe(
      400,
    );
    const before = await server.api<unknown[]>('GET', `${reservedNames('generic')}?per_page=100`);
    const statuses = [];
    for (let index = before.length; index < 202; index += 1) statuses.push(await post({ pattern: `many8-${index}` }));
    expect(statuses.filter((status) => status === 201)).toHaveLength(200 - before.length);
    expect(statuses.at(-1)).toBe(400);
  });
});

describe('who is told', () => {
  test('one who sees nothing of the group but a project learns no more than of a name that is nowhere', async () => {
    const guest = await scene.server.createUser(`guest${scene.count}`);
    const open = await scene.server.createProject(`acme/open-${scene.count}`, 'private');
    await scene.server.addMember(open, guest, 'developer');
    await publish(`secret-${name}`);
    await reserve(`kept-${name}`);
    const theirs = npmWire(`${scene.registry.url}/`, guest.token);
    const told = async (of: string): Promise<string> => {
      const document = await theirs.send('GET', of);
      const file = await theirs.send('GET', `${of}/-/${of}-1.0.0.tgz`);
      const { claimed, members } = await explain(of, guest.token);
      const outcomes = members.map(({ outcome, ...rest }) => [outcome, 'detail' in rest ? rest.detail : null]);
      const all = [document.status, document.json, file.status, file.json, claimed, outcomes];
      return JSON.stringify(all).replaceAll(of, 'NAME');
    };
    const nowhere = await told(`nowhere-${name}`);
    expect(await told(`secret-${name}`)).toBe(nowhere);
    expect(await told(`kept-${name}`)).toBe(nowhere);
    expect((await explain(`secret-${name}`)).claimed).toContain('is a name of this group');
  });
});
