/** A policy, what feeds it and what it tells are the same on all servers, at once. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import type { TestGroup } from '../harness/types.ts';
import { createRegistry, type TestRegistry } from '../harness/virtual.ts';
import { type NpmWire, npmWire } from '../wire/npm-wire.ts';
import { type Fleet, startFleet } from './fleet.ts';

let fleet: Fleet;
let group: TestGroup;
let upstream: FakeUpstream;
let registry: TestRegistry;
let count = 0;
let name: string;

beforeAll(async () => {
  fleet = await startFleet(2, { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' });
  upstream = await fakeUpstream();
  group = await fleet.createGroup('acme', 'public');
  registry = await createRegistry({ ...fleet, url: fleet.server(0).url }, group, 'npm', [upstream.url]);
  return async () => {
    await fleet.stop();
    await upstream.close();
  };
});

beforeEach(async () => {
  name = `thing-${(count += 1)}`;
  await offerNpm(upstream, name, [{ version: '1.0.0' }, { version: '2.0.0' }]);
  await change({ advisory_action: 'block', minimum_release_age_hours: 0, policy_dry_run: false });
});

const base = (): string => `/virtual_registries/packages/npm/registries/${registry.id}`;
const change = (policy: object): Promise<unknown> => fleet.api('PATCH', base(), policy);
const wire = (server: number): NpmWire =>
  npmWire(`${registry.url.replace(fleet.server(0).url, fleet.server(server).url)}/`, fleet.rootToken);
const shown = async (server: number): Promise<string[]> =>
  Object.keys(Object((await wire(server).send('GET', name)).json?.['versions']));
const tarball = (): string => `${name}/-/${name}-1.0.0.tgz`;

/** Every cache on the way has the answer. */
async function prime(): Promise<void> {
  for (let times = 0; times < 4; times += 1) {
    for (const server of [0, 1]) {
      expect(await shown(server)).toEqual(['1.0.0', '2.0.0']);
      expect((await wire(server).send('GET', tarball())).status).toBe(200);
    }
  }
}

test('an advisory that comes in through one server hides versions on another at the next request', async () => {
  await prime();
  const affected = [{ package: { ecosystem: 'npm', name }, versions: ['1.0.0'] }];
  await fleet.api('POST', '/advisories', { advisories: [{ id: `MAL-${count}`, affected }] });
  expect(await shown(1)).toEqual(['2.0.0']);
  expect((await wire(1).send('GET', tarball())).status).toBe(403);
});

test('so does a policy', async () => {
  await prime();
  await change({ freeze_after: '2019-01-01' });
  expect((await wire(1).send('GET', name)).status).toBe(403);
  expect((await wire(1).send('GET', tarball())).status).toBe(403);
  await change({ freeze_after: null });
  expect(await shown(1)).toEqual(['1.0.0', '2.0.0']);
});

test('a trace of one server is told by another, and has the same number there', async () => {
  const { headers } = await wire(1).send('GET', name);
  const id = headers.get('x-packyard-trace') ?? '';
  const told = (): Promise<unknown> => fleet.api('GET', `${base()}/traces/${id}`).catch(() => null);
  await expect.poll(told).toMatchObject({ asked: name, members: [{ versions: 2 }] });
  expect((await wire(0).send('GET', name)).headers.get('x-packyard-trace')).toBe(id);
});

test('what one server hid, another lists soon', async () => {
  await change({ freeze_after: '2019-01-01', policy_dry_run: true });
  expect(await shown(1)).toEqual(['1.0.0', '2.0.0']);
  const listed = async (): Promise<string[]> =>
    (await fleet.api<{ version: string }[]>('GET', `${base()}/hidden?search=${name}`)).map(({ version }) => version);
  await expect.poll(async () => (await listed()).toSorted(), { timeout: 15_000 }).toEqual(['1.0.0', '2.0.0']);
  await change({ freeze_after: null });
});
