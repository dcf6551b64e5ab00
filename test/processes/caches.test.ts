import { beforeAll, describe, expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import type { TestGroup, TestProject, TestUser } from '../harness/types.ts';
import { type NpmWire, npmWire } from '../wire/npm-wire.ts';
import { type Fleet, startFleet } from './fleet.ts';

/**
 * No cache needs a message that something changed: what happens through one server, another shows at the very next
 * request, although it has just answered the same request from its caches.
 */
let fleet: Fleet;
let group: TestGroup;
let project: TestProject;
let user: TestUser;

beforeAll(async () => {
  fleet = await startFleet(2);
  return () => fleet.stop();
});

beforeAll(async () => {
  group = await fleet.createGroup('acme', 'public');
  project = await fleet.createProject('acme/app', 'public');
  user = await fleet.createUser('dora');
});

/** The same place on another server. */
const at = (server: number, url: string): string => url.replace(fleet.server(0).url, fleet.server(server).url);
const first = (token: string | null = fleet.rootToken): NpmWire => npmWire(project.npm, token);
const second = (token: string | null = fleet.rootToken): NpmWire => npmWire(at(1, project.npm), token);

/** Asks so often that every cache on the way has the answer; returns the last one. */
async function primed(wire: NpmWire, path: string): Promise<Awaited<ReturnType<NpmWire['send']>>> {
  for (let count = 0; count < 3; count++) await wire.send('GET', path);
  return wire.send('GET', path);
}

async function publish(name: string, ...versions: readonly string[]): Promise<void> {
  for (const version of versions) expect((await first().put(await npmPackage({ name, version }))).status).toBe(201);
}

const versionsIn = (json: Record<string, unknown> | null): string[] => Object.keys(Object(json?.['versions']));

describe('packages', () => {
  test('a first version, and one more', async () => {
    expect((await primed(second(), 'grown')).status).toBe(404);
    await publish('grown', '1.0.0');
    expect(versionsIn((await second().send('GET', 'grown')).json)).toEqual(['1.0.0']);
    expect((await second().send('GET', 'grown/-/grown-1.0.0.tgz')).status).toBe(200);
    await primed(second(), 'grown');
    await publish('grown', '1.1.0');
    const { json } = await second().send('GET', 'grown');
    expect(versionsIn(json)).toEqual(['1.0.0', '1.1.0']);
    expect(json?.['dist-tags']).toEqual({ latest: '1.1.0' });
  });

  test('a tag', async () => {
    await publish('tagged', '1.0.0', '2.0.0');
    await primed(second(), 'tagged');
    await primed(second(), '-/package/tagged/dist-tags');
    expect((await first().send('PUT', '-/package/tagged/dist-tags/stable', '"1.0.0"')).status).toBeLessThan(300);
    expect((await second().send('GET', 'tagged')).json?.['dist-tags']).toEqual({ latest: '2.0.0', stable: '1.0.0' });
    const tags = await second().send('GET', '-/package/tagged/dist-tags');
    expect(tags.json).toEqual({ latest: '2.0.0', stable: '1.0.0' });
  });

  test('a deprecation', async () => {
    await publish('old', '1.0.0');
    await primed(second(), 'old');
    const { json } = await second().send('GET', 'old?write=true');
    const manifest = (json as { versions: Record<string, object> }).versions['1.0.0'];
    const changed = { ...json, versions: { '1.0.0': { ...manifest, deprecated: 'use new' } } };
    expect((await first().send('PUT', 'old', JSON.stringify(changed))).status).toBeLessThan(300);
    expect((await second().send('GET', 'old')).json).toMatchObject({
      versions: { '1.0.0': { deprecated: 'use new' } },
    });
  });

  test('a removal: document and file are gone, also in the view of the group', async () => {
    await publish('gone', '1.0.0');
    const view = npmWire(at(1, group.npm), null);
    expect((await primed(second(null), 'gone')).status).toBe(200);
    expect((await primed(second(null), 'gone/-/gone-1.0.0.tgz')).status).toBe(200);
    expect((await primed(view, 'gone')).status).toBe(200);
    const [row] = await fleet.api<{ id: number }[]>('GET', `/projects/${project.id}/packages?package_name=gone`);
    await fleet.api('DELETE', `/projects/${project.id}/packages/${row?.id}`);
    expect((await second(null).send('GET', 'gone')).status).toBe(404);
    expect((await second(null).send('GET', 'gone/-/gone-1.0.0.tgz')).status).toBe(404);
    expect((await view.send('GET', 'gone')).status).toBe(404);
  });

  test('a Generic file that is uploaded again', async () => {
    const url = `${project.generic}/tool/1.0.0/tool.bin`;
    const put = async (body: string): Promise<number> =>
      (await fetch(url, { method: 'PUT', headers: { 'private-token': fleet.rootToken }, body })).status;
    const get = async (): Promise<string> => (await fetch(at(1, url))).text();
    expect(await put('one')).toBe(201);
    for (let count = 0; count < 3; count++) expect(await get()).toBe('one');
    expect(await put('two')).toBe(201);
    expect(await get()).toBe('two');
  });

  test('back and forth: each sees what the other has just written', async () => {
    const wires = [first(), second()];
    for (let patch = 0; patch < 20; patch++) {
      const [writer, reader] = patch % 2 === 0 ? wires : wires.toReversed();
      expect((await writer?.put(await npmPackage({ name: 'swing', version: `1.0.${patch}` })))?.status).toBe(201);
      expect(versionsIn((await reader?.send('GET', 'swing'))?.json ?? null)).toHaveLength(patch + 1);
    }
  });
});

describe('who may see it', () => {
  let secret: TestProject;
  const secretAt = (server: number, token: string | null): NpmWire => npmWire(at(server, secret.npm), token);

  beforeAll(async () => {
    secret = await fleet.createProject('acme/secret', 'private');
    expect((await npmWire(secret.npm, fleet.rootToken).put(await npmPackage({ name: 'hidden' }))).status).toBe(201);
  });

  test('a revoked token', async () => {
    const order = { kind: 'deploy', of: secret, scopes: ['read_package_registry'] } as const;
    const token = await fleet.createToken(order);
    expect((await primed(secretAt(1, token.token), 'hidden')).status).toBe(200);
    await token.revoke();
    expect((await secretAt(1, token.token).send('GET', 'hidden')).status).toBe(401);
  });

  test('a member who comes and goes', async () => {
    const theirs = secretAt(1, user.token);
    expect((await primed(theirs, 'hidden')).status).toBe(404);
    await fleet.addMember(secret, user, 'reporter');
    expect((await primed(theirs, 'hidden')).status).toBe(200);
    expect((await primed(theirs, 'hidden/-/hidden-1.0.0.tgz')).status).toBe(200);
    await fleet.api('DELETE', `/projects/${secret.id}/members/${user.id}`);
    expect((await theirs.send('GET', 'hidden')).status).toBe(404);
    expect((await theirs.send('GET', 'hidden/-/hidden-1.0.0.tgz')).status).toBe(404);
  });

  test('a project that opens and closes', async () => {
    const anyone = secretAt(1, null);
    const closed = (await primed(anyone, 'hidden')).status;
    expect(closed).toBeGreaterThanOrEqual(401);
    await fleet.api('PUT', `/projects/${secret.id}`, { visibility: 'public' });
    expect((await primed(anyone, 'hidden')).status).toBe(200);
    await fleet.api('PUT', `/projects/${secret.id}`, { visibility: 'private' });
    expect((await anyone.send('GET', 'hidden')).status).toBe(closed);
  });

  test('a user who is blocked', async () => {
    const blocked = await fleet.createUser('bella');
    await fleet.addMember(secret, blocked, 'developer');
    expect((await primed(secretAt(1, blocked.token), 'hidden')).status).toBe(200);
    await fleet.api('POST', `/users/${blocked.id}/block`);
    expect((await secretAt(1, blocked.token).send('GET', 'hidden')).status).toBe(401);
  });

  test('a project with another path', async () => {
    const byPath = (path: string): NpmWire =>
      npmWire(`${fleet.server(1).url}/api/v4/projects/${encodeURIComponent(path)}/packages/npm/`, fleet.rootToken);
    expect((await primed(byPath('acme/secret'), 'hidden')).status).toBe(200);
    await fleet.api('PUT', `/projects/${secret.id}`, { path: 'moved' });
    expect((await byPath('acme/moved').send('GET', 'hidden')).status).toBe(200);
    expect((await byPath('acme/secret').send('GET', 'hidden')).status).toBe(404);
  });
});

test('whether requests are forwarded', async () => {
  const ask = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${fleet.rootToken}` };
    return (await fetch(`${at(1, project.npm)}not-here`, { headers, redirect: 'manual' })).status;
  };
  const path = `/groups/${group.id}`;
  for (let count = 0; count < 3; count++) expect(await ask()).toBe(404);
  await fleet.api('PUT', path, { npm_package_requests_forwarding: true });
  expect(await ask()).toBe(302);
  await fleet.api('PUT', path, { npm_package_requests_forwarding: false, lock_npm_package_requests_forwarding: true });
  expect(await ask()).toBe(404);
});

test('what each has counted adds up when they have ended', async () => {
  await publish('counted', '1.0.0');
  for (const wire of [first(), second()]) {
    for (let count = 0; count < 25; count++) {
      expect((await wire.send('GET', 'counted/-/counted-1.0.0.tgz')).status).toBe(200);
    }
  }
  for (const index of [0, 1]) {
    fleet.server(index).program.child.kill('SIGTERM');
    expect(await fleet.server(index).program.ended).toBe(0);
  }
  expect(await downloadsOf('counted')).toBe(50);
});

async function downloadsOf(name: string): Promise<number | undefined> {
  const { openDatabase } = await import('../../src/database/connect.ts');
  const database = await openDatabase(fleet.storage.databaseUrl);
  try {
    const row = await database.get<{ downloads: number }>(
      `select version.downloads from version join package on package.id = version.package_id where package.name_key = ?`,
      [name],
    );
    return row?.downloads;
  } finally {
    await database.close();
  }
}
