/** The check for names of ours at other registries: in portions, once a day, only where a registry wants it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryBlobs } from '../../src/blobs/memory.ts';
import { listTwins } from '../../src/catalog/name-twins.ts';
import { upsertPackage } from '../../src/catalog/packages.ts';
import { insertReservation } from '../../src/catalog/reserved-names.ts';
import { findTwinCheck } from '../../src/catalog/twin-checks.ts';
import { insertUpstream } from '../../src/catalog/upstreams.ts';
import {
  associate,
  insertRegistry,
  updateRegistry,
  type VirtualRegistry,
} from '../../src/catalog/virtual-registries.ts';
import { formats } from '../../src/formats/index.ts';
import type { RegistryFoundation } from '../../src/registry/foundation.ts';
import { TwinCheck } from '../../src/registry/twin-check.ts';
import { UpstreamEngine } from '../../src/upstream/engine.ts';
import { type Catalogue, newYear, openCatalogue } from '../harness/catalogue.ts';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';

const day = 24 * 3_600_000;

let catalogue: Catalogue;
let site: FakeUpstream;
let engine: UpstreamEngine;
let registry: VirtualRegistry;
let check: TwinCheck;
let now: number;
let alarms: string[];

beforeEach(async () => {
  catalogue = await openCatalogue();
  site = await fakeUpstream();
  now = newYear;
  alarms = [];
  const { db: database } = catalogue;
  engine = new UpstreamEngine({
    database,
    blobs: new MemoryBlobs(),
    now: () => now,
    allow: ['127.0.0.1/32'],
    shared: true,
    memory: 2 ** 20,
    userAgent: 'test',
    secretKey: async () => 'k'.repeat(32),
    observe: () => undefined,
    onMismatch: () => undefined,
  });
  const services = {
    database,
    upstreams: engine,
    now: () => now,
    onTwin: ({ name }: { name: string }) => alarms.push(name),
  };
  check = new TwinCheck(services as unknown as RegistryFoundation, formats, { pause: 0, most: 2, every: day });
  await setUp(await catalogue.group('acme').then(({ id }) => id));
});
afterEach(async () => {
  await engine.close();
  await site.close();
  await catalogue.close();
});

/** Five names, of which the other registry has the second and the last. */
async function setUp(namespaceId: number): Promise<void> {
  const { db } = catalogue;
  const project = await catalogue.project('acme/app');
  for (const nameKey of ['a', 'b', 'c', 'd', 'e']) {
    const wanted = { projectId: project.id, format: 'npm', nameKey, name: nameKey, namespace: null };
    await db.transaction((tx) => upsertPackage(tx, wanted, now));
  }
  for (const name of ['b', 'e']) site.on(`/${name}`, { name, versions: { '9.0.0': { name, version: '9.0.0' } } });
  const about = { namespaceId, format: 'npm', name: 'all', description: '', deployProjectId: null };
  const policy = '{"checkPublicTwins":true,"sharedNames":["c"]}';
  registry = await db.transaction((tx) => insertRegistry(tx, { ...about, policy }, now));
  const remote = {
    ...about,
    url: site.url,
    localProjectId: null,
    localNamespaceId: null,
    username: null,
    password: null,
  };
  const more = { trustedOrigins: '[]', rules: '[]', cacheValidityHours: 24, metadataCacheValidityHours: 1 };
  const upstream = await db.transaction((tx) => insertUpstream(tx, { ...remote, ...more }, now));
  await db.transaction((tx) => associate(tx, registry.id, upstream.id));
}

const run = (signal = new AbortController().signal): Promise<void> => check.run(signal);
const asked = (): string[] => [...site.hits.keys()].toSorted();
const state = () => findTwinCheck(catalogue.db, registry.id);

test('goes on where it was, ends, and begins anew a day later', async () => {
  await run();
  expect(asked()).toEqual(['/a', '/b']);
  expect(alarms).toEqual(['b']);
  expect(await state()).toMatchObject({ afterKey: 'b', finishedAt: null, asked: 2, failed: 0 });
  for (let more = 0; more < 3; more += 1) await run();
  // A registry shares `c`: everybody knows of it.
  expect(asked()).toEqual(['/a', '/b', '/d', '/e']);
  expect(alarms).toEqual(['b', 'e']);
  expect(await state()).toMatchObject({ finishedAt: newYear, asked: 4 });
  site.hits.clear();
  await run();
  expect(asked()).toEqual([]);
  now += day;
  await run();
  expect(asked()).toEqual(['/a', '/b']);
  expect(alarms).toEqual(['b', 'e']);
});

test('asks for what is reserved too, and nothing once it is switched off', async () => {
  const reserved = { namespaceId: registry.namespaceId, format: 'npm', exclusive: false, reason: '' };
  const nobody = { ownerProjectId: null, ownerNamespaceId: null };
  for (const pattern of ['zebra', 'acme-*']) {
    const fields = { ...reserved, ...nobody, pattern, patternKey: pattern };
    await catalogue.db.transaction((tx) => insertReservation(tx, fields, now));
  }
  site.on('/zebra', { name: 'zebra', versions: {} });
  site.on('/-/v1/search', { objects: [{ package: { name: 'acme-they' } }, { package: { name: 'other' } }] });
  for (let times = 0; times < 4; times += 1) await run();
  expect(asked()).toContain('/zebra');
  expect(alarms.toSorted()).toEqual(['acme-they', 'b', 'e', 'zebra']);
  now += day;
  await catalogue.db.transaction((tx) =>
    updateRegistry(tx, { ...registry, policy: '{"checkPublicTwins":false}' }, now),
  );
  site.hits.clear();
  await run();
  expect(asked()).toEqual([]);
});

test('a stop ends it between two questions, and nothing is passed over', async () => {
  const stopping = new AbortController();
  site.on('/a', (_request, response) => {
    stopping.abort();
    response.writeHead(404).end();
  });
  await run(stopping.signal);
  expect(asked()).toEqual(['/a']);
  expect(await state()).toMatchObject({ finishedAt: null, afterKey: null });
  await run();
  expect(asked()).toEqual(['/a', '/b']);
  const { items } = await listTwins(
    catalogue.db,
    { namespaceId: registry.namespaceId, format: 'npm' },
    { limit: 10, offset: 0 },
  );
  expect(items).toEqual([expect.objectContaining({ name: 'b', newestVersion: '9.0.0', versions: 1 })]);
});
