/** The database fails while a virtual registry answers: clients are told to come back, upstreams are not asked instead, nothing is half-kept. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSqlite } from '../../src/database/sqlite-driver.ts';
import { engine } from '../harness/engine.ts';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { type Cluster, startCluster } from '../harness/postgres.ts';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';
import { gate } from './virtual-scene.ts';

let cluster: Cluster | null = null;
let server: TestServer;
let upstream: FakeUpstream;
let registry: TestRegistry;
let wire: NpmWire;
const tarballOf = (name: string): string => `${name}/-/${name}-1.0.0.tgz`;

beforeAll(async () => {
  if (engine === 'postgres') {
    cluster = await startCluster();
    await cluster.startServer();
  }
  const database = cluster === null ? {} : { PACKYARD_DATABASE_URL: await cluster.createDatabase() };
  server = await startServer({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1', ...database } });
  upstream = await fakeUpstream();
  const group = await server.createGroup('acme');
  const project = await server.createProject('acme/app');
  registry = await createRegistry(server, group, 'npm', [gid.project(project.id), upstream.url]);
  wire = npmWire(`${registry.url}/`, server.rootToken);
  await npmWire(project.npm, server.rootToken).put(await npmPackage({ name: 'ours' }));
  await offerNpm(upstream, 'ours', [{ version: '99.0.0' }]);
  await offerNpm(upstream, 'warm', [{}]);
  await wire.send('GET', 'warm');
  await wire.send('GET', tarballOf('warm'));
});
afterAll(async () => {
  await server.stop();
  await cluster?.close();
  await upstream.close();
});

const entries = (): Promise<{ relative_path: string }[]> =>
  server.api('GET', `/virtual_registries/packages/npm/upstreams/${registry.upstreams.at(-1)?.id}/cache_entries`);

const tellsToComeBack = ({ status, headers, bytes }: WireAnswer): void => {
  expect([status, bytes.toString()]).toEqual([503, expect.any(String)]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
};

/** Asks for something cold; the database fails once the upstream was asked, and before it answers. */
async function failingMeanwhile(at: string, path: string, fail: () => Promise<void>): Promise<WireAnswer> {
  const right = Buffer.from(await (await fetch(`${upstream.url}${at}`)).arrayBuffer());
  const { opened, open } = gate();
  const asked = new Promise<void>((resolve) => {
    upstream.on(at, async (_request, response) => {
      resolve();
      await opened;
      response.writeHead(200).end(right);
    });
  });
  const answer = wire.send('GET', path);
  await asked;
  await fail();
  open();
  return answer;
}

describe.skipIf(engine !== 'postgres')('PostgreSQL is away', () => {
  test('what is ours, warm and cold: all 503, and no upstream is asked', async () => {
    await cluster?.stopServer('fast');
    upstream.hits.clear();
    try {
      for (const path of ['ours', tarballOf('ours'), 'ours/99.0.0', 'ours/-/ours-99.0.0.tgz']) {
        tellsToComeBack(await wire.send('GET', path));
      }
      for (const path of ['warm', tarballOf('warm'), 'cold', tarballOf('cold')]) {
        tellsToComeBack(await wire.send('GET', path));
      }
    } finally {
      await cluster?.startServer();
    }
    expect(upstream.hits.size).toBe(0);
    expect((await wire.send('GET', 'ours')).json).toMatchObject({ 'dist-tags': { latest: '1.0.0' } });
    expect((await wire.send('GET', 'ours/-/ours-99.0.0.tgz')).status).toBe(404);
  });

  test.each(['document', 'file'])('it goes while a %s is on its way', async (what) => {
    const name = `gone-${what}`;
    await offerNpm(upstream, name, [{}]);
    const [at, path] = what === 'document' ? [`/${name}`, name] : [`/${tarballOf(name)}`, tarballOf(name)];
    if (what === 'file') await wire.send('GET', name);
    tellsToComeBack(await failingMeanwhile(at, path, async () => cluster?.stopServer('fast')));
    await cluster?.startServer();
    expect((await entries()).map((entry) => entry.relative_path)).not.toContain(at.slice(1));
    expect((await wire.send('GET', path)).status).toBe(200);
    expect(upstream.hits.get(at)).toBeGreaterThan(1);
  });
});

describe.skipIf(engine !== 'sqlite')('SQLite stays locked by somebody else', () => {
  test.each(['document', 'file'])('while a %s is on its way', { timeout: 60_000 }, async (what) => {
    const name = `locked-${what}`;
    await offerNpm(upstream, name, [{}]);
    const [at, path] = what === 'document' ? [`/${name}`, name] : [`/${tarballOf(name)}`, tarballOf(name)];
    if (what === 'file') await wire.send('GET', name);
    // By the server's own binding: locks of one process are not seen by another copy of SQLite in it.
    const other = (await loadSqlite())(join(server.data, 'packyard.db'));
    const lock = async (): Promise<void> => other.exec('begin immediate');
    tellsToComeBack(await failingMeanwhile(at, path, lock));
    // What was here before goes on.
    expect((await wire.send('GET', 'warm')).status).toBe(200);
    expect((await wire.send('GET', tarballOf('warm'))).status).toBe(200);
    expect((await wire.send('GET', 'ours')).json).toMatchObject({ 'dist-tags': { latest: '1.0.0' } });
    other.exec('rollback');
    other.close();
    expect((await entries()).map((entry) => entry.relative_path).join()).not.toContain(name);
    expect((await wire.send('GET', path)).status).toBe(200);
    expect(upstream.hits.get(at)).toBeGreaterThan(1);
  });
});
