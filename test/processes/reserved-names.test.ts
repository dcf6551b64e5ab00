/** What one server reserves or protects, another heeds at the very next request. */
import { beforeAll, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import type { TestGroup, TestProject, TestUser } from '../harness/types.ts';
import { createRegistry } from '../harness/virtual.ts';
import { npmWire } from '../wire/npm-wire.ts';
import { type Fleet, startFleet } from './fleet.ts';

let fleet: Fleet;
let group: TestGroup;
let project: TestProject;
let owner: TestProject;
let user: TestUser;
let upstream: FakeUpstream;

beforeAll(async () => {
  fleet = await startFleet(2, { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' });
  upstream = await fakeUpstream();
  group = await fleet.createGroup('acme', 'private');
  project = await fleet.createProject('acme/app', 'private');
  owner = await fleet.createProject('acme/owner', 'private');
  user = await fleet.createUser('dora');
  await fleet.addMember(project, user, 'developer');
  return async () => {
    await fleet.stop();
    await upstream.close();
  };
});

/** The same place on the second server. */
const there = (url: string): string => url.replace(fleet.server(0).url, fleet.server(1).url);
const names = (): string => `/groups/${group.id}/-/virtual_registries/packages/npm/reserved_names`;

test('no other registry is asked, though it has just been', async () => {
  await offerNpm(upstream, 'acme-lib', [{ version: '9.0.0' }]);
  const { url } = await createRegistry({ ...fleet, url: fleet.server(0).url }, group, 'npm', [upstream.url]);
  const wire = npmWire(`${there(url)}/`, fleet.rootToken);
  for (let count = 0; count < 3; count += 1) expect((await wire.send('GET', 'acme-lib')).status).toBe(200);
  const { id } = await fleet.api<{ id: number }>('POST', names(), { pattern: 'acme-*' });
  expect((await wire.send('GET', 'acme-lib')).status).toBe(404);
  expect((await wire.send('GET', 'acme-lib/-/acme-lib-9.0.0.tgz')).status).toBe(404);
  await fleet.api('DELETE', `${names()}/${id}`);
  expect((await wire.send('GET', 'acme-lib')).status).toBe(200);
});

test('no other project publishes, and a rule counts', async () => {
  const publish = async (name: string, token = fleet.rootToken): Promise<number> =>
    (await npmWire(there(project.npm), token).put(await npmPackage({ name }))).status;
  expect(await publish('@kept/one')).toBe(201);
  await fleet.api('POST', names(), { pattern: '@kept/*', owner_project_id: owner.id });
  expect(await publish('@kept/two')).toBe(403);
  expect(await publish('guarded-one', user.token)).toBe(201);
  await fleet.api('POST', `/projects/${project.id}/packages/protection/rules`, {
    package_name_pattern: 'guarded-*',
    package_type: 'npm',
    minimum_access_level_for_push: 'owner',
  });
  expect(await publish('guarded-two', user.token)).toBe(403);
});
