import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { npmWire } from './npm-wire.ts';

/** The instance's view shows everything one may see: whoever may make a project must not get into others' packages by it. */

let server: TestServer;
let home: TestProject;
let mallorys: TestProject;
let member: TestUser;
let stranger: TestUser;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  await server.createGroup('2024');
  home = await server.createProject('acme/libs');
  const mallory = await server.createUser('mallory');
  mallorys = await server.createProject('mallory/traps', 'public');
  [member, stranger] = [await server.createUser('member'), await server.createUser('stranger')];
  await server.addMember(home, member, 'reporter');
  await server.addMember(home, mallory, 'guest');
  await publish(home, '@acme/knot', '1.0.0');
  for (const version of ['1.0.0', '1.0.1', '9.0.0']) await publish(mallorys, '@acme/knot', version);
  await publish(mallorys, '@acme/unborn', '9.0.0');
  await publish(mallorys, '@2024/report', '9.0.0');
  await publish(home, 'plain', '1.0.0');
  await publish(mallorys, 'plain', '1.0.1');
  await publish(mallorys, '@nobody/free', '1.0.0');
});
afterAll(() => server.stop());

async function publish(to: TestProject, name: string, version: string): Promise<void> {
  const answer = await npmWire(to.npm, server.rootToken).put(await npmPackage({ name, version }));
  expect(answer.status).toBe(201);
}

/** What the instance's view answers: the versions, or a status. */
async function versions(by: TestUser | null, name: string): Promise<readonly string[] | number> {
  const wire = npmWire(`${server.url}/api/v4/packages/npm/`, by?.token ?? null);
  const { status, json } = await wire.send('GET', encodeURIComponent(name));
  return status === 200 ? Object.keys(json?.['versions'] as object) : status;
}

describe('a scope that is also a top-level group', () => {
  test('is answered by that group alone', async () => {
    expect(await versions(member, '@acme/knot')).toEqual(['1.0.0']);
  });

  test('is not answered by others where the caller may not see the group’s package', async () => {
    expect(await versions(stranger, '@acme/knot')).toBe(404);
    expect(await versions(null, '@acme/knot')).toBe(404);
    const wire = npmWire(`${server.url}/api/v4/packages/npm/`, stranger.token);
    expect((await wire.send('GET', '@acme/knot/-/knot-9.0.0.tgz')).status).toBe(404);
  });

  test('is not answered by others before the group has the package', async () => {
    expect(await versions(member, '@acme/unborn')).toBe(404);
    expect(await versions(member, '@2024/report'), 'a path of digits').toBe(404);
  });
});

test('the view’s search finds what the view answers', async () => {
  const wire = npmWire(`${server.url}/api/v4/packages/npm/`, stranger.token);
  const { json } = await wire.send('GET', '-/v1/search?text=');
  const objects = (json ?? {})['objects'] as { package: { name: string } }[];
  const found = objects.map((hit) => hit.package.name);
  expect(found.sort()).toEqual(['@nobody/free', 'plain']);
});

describe('any other name', () => {
  test('belongs to the oldest package, and nobody adds versions to it', async () => {
    expect(await versions(member, 'plain')).toEqual(['1.0.0']);
    expect(await versions(stranger, 'plain')).toEqual(['1.0.1']);
  });

  test('is there for those who may see it', async () => {
    expect(await versions(null, '@nobody/free')).toEqual(['1.0.0']);
  });
});

test('projects of one group still answer together in its view', async () => {
  const other = await server.createProject('acme/other');
  await publish(other, 'plain', '2.0.0');
  const group = await server.api<{ id: number }>('GET', '/groups/acme');
  const wire = npmWire(`${server.url}/api/v4/groups/${group.id}/-/packages/npm/`, server.rootToken);
  const { json } = await wire.send('GET', 'plain');
  expect(Object.keys(json?.['versions'] as object)).toEqual(['1.0.0', '2.0.0']);
});
