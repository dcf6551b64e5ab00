/** Two engines on one database, as in two processes: who asks the upstream, and who waits. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryBlobs } from '../../src/blobs/memory.ts';
import { insertUpstream, type Upstream } from '../../src/catalog/upstreams.ts';
import type { Database } from '../../src/database/database.ts';
import type { UpstreamFile, UpstreamRequest } from '../../src/formats/format.ts';
import { Arrival } from '../../src/upstream/arrival.ts';
import { UpstreamEngine } from '../../src/upstream/engine.ts';
import type { FillOrder } from '../../src/upstream/fill.ts';
import { absent } from '../../src/upstream/outcome.ts';
import { openFreshDatabase } from '../harness/engine.ts';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';

let database: Database;
let site: FakeUpstream;
let engines: readonly [UpstreamEngine, UpstreamEngine];
let upstream: Upstream;

beforeEach(async () => {
  database = await openFreshDatabase();
  site = await fakeUpstream();
  await database.run(
    `insert into namespace (kind, path, full_path, full_path_key, name, visibility, lineage, created_at, updated_at)
     values ('group', 'a', 'a', 'a', 'a', 'private', '/1/', 0, 0)`,
  );
  const group = await database.get<{ id: number }>('select id from namespace');
  upstream = await insertUpstream(
    database,
    {
      namespaceId: group?.id ?? 0,
      format: 'generic',
      name: 'up',
      description: '',
      url: site.url,
      localProjectId: null,
      localNamespaceId: null,
      username: null,
      password: null,
      trustedOrigins: '[]',
      rules: '[]',
      cacheValidityHours: 24,
      metadataCacheValidityHours: 1,
    },
    0,
  );
  const blobs = new MemoryBlobs();
  const open = (): UpstreamEngine =>
    new UpstreamEngine({
      database,
      blobs,
      now: Date.now,
      allow: ['127.0.0.1/32'],
      shared: true,
      memory: 2 ** 20,
      userAgent: 'test',
      secretKey: async () => 'k'.repeat(32),
      observe: () => undefined,
      onMismatch: () => undefined,
    });
  engines = [open(), open()];
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
  await site.close();
  await database.close();
});

const read = (text: string): string => text;

async function get(engine: UpstreamEngine, request: Partial<UpstreamRequest> = {}) {
  const where = { site: await engine.siteOf(upstream, []), validity: 60_000 };
  return engine.resources.get(where, { path: 'doc', read, ...request });
}

async function fetchFile(engine: UpstreamEngine, digests: UpstreamFile['digests'] = {}): Promise<string> {
  const name = { key: 'n', display: 'n', namespace: null };
  const order: FillOrder = {
    site: await engine.siteOf(upstream, []),
    fileKey: 'k',
    fileName: 'f',
    maxSize: 2 ** 30,
    known: null,
    file: {
      path: 'file',
      name,
      version: '1',
      publishedAt: null,
      digests,
    },
    laterDigests: async () => absent,
  };
  const outcome = await engine.files.fetch(order);
  if (outcome.outcome !== 'found') return outcome.outcome;
  const file = outcome.value instanceof Arrival ? await outcome.value.settled : outcome.value;
  return file.digests.sha256;
}

test('one request for a document that both want', async () => {
  site.on('/doc', (_request, response) => void setTimeout(() => response.writeHead(200).end('text'), 200));
  const outcomes = await Promise.all([get(engines[0]), get(engines[1]), get(engines[0])]);
  expect(outcomes.map((each) => (each.outcome === 'found' ? each.value.value : each.outcome))).toEqual(
    Array(3).fill('text'),
  );
  expect(site.hits.get('/doc')).toBe(1);
});

test('one request for a file that both want', async () => {
  const bytes = Buffer.alloc(3 * 2 ** 20, 7);
  site.on('/file', (_request, response) => void setTimeout(() => response.writeHead(200).end(bytes), 200));
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(await Promise.all([fetchFile(engines[0]), fetchFile(engines[1])])).toEqual([expected, expected]);
  expect(site.hits.get('/file')).toBe(1);
});

test('who held the lease is gone: the other one asks', async () => {
  const until = Date.now() + 300;
  const lease = "insert into upstream_lease (name, owner, lease_until) values (?, 'dead', ?)";
  await database.run(lease, [`resource ${upstream.id} doc`, until]);
  site.on('/doc', 'text');
  expect((await get(engines[1])).outcome).toBe('found');
  expect(Date.now()).toBeGreaterThanOrEqual(until);
  expect(await database.all('select name from upstream_lease')).toEqual([]);
});

test('what fails for one is tried by the other', async () => {
  site.on('/doc', (_request, response) => void response.writeHead(403).end());
  const outcomes = await Promise.all([get(engines[0]), get(engines[1])]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  expect(await database.all('select name from upstream_lease')).toEqual([]);
});

test('who asks right after it failed does not get that failure once more', async () => {
  const bytes = Buffer.from('the file');
  site.on('/file', (_request, response) => void response.writeHead(403).end());
  expect(await fetchFile(engines[0])).toBe('failed');
  site.on('/file', bytes);
  expect(await fetchFile(engines[0])).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('other bytes than were seen first are refused by both', async () => {
  site.on('/file', Buffer.from('one'));
  await fetchFile(engines[0]);
  await database.run('delete from upstream_file');
  site.on('/file', Buffer.from('two'));
  expect(await fetchFile(engines[1])).toBe('failed');
  expect(await fetchFile(engines[0])).toBe('failed');
  expect(await database.all('select file_key from upstream_file')).toEqual([]);
});

test('a body that breaks off is asked for once more, when its digest tells that it is the same file', async () => {
  const bytes = Buffer.alloc(3 * 2 ** 20, 9);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  site.on('/file', (request, response) => {
    response.writeHead(200, { 'content-length': String(bytes.length) });
    if (site.hits.get('/file') !== 1) return void response.end(bytes);
    response.write(bytes.subarray(0, 2 ** 21), () => setTimeout(() => request.socket.destroy(), 50));
  });
  expect(await fetchFile(engines[0], { sha256 })).toBe(sha256);
  expect(site.hits.get('/file')).toBe(2);
});

test('absences are bounded', async () => {
  const { putResource, trimAbsent } = await import('../../src/catalog/upstream-resources.ts');
  const row = { outcome: 'absent', sha256: null, head: '{}', etag: null, lastModified: null, changedAt: 0 } as const;
  await database.transaction(async (tx) => {
    for (let i = 0; i < 70; i += 1) await putResource(tx, upstream.id, `n${i}`, { ...row, checkedAt: i });
    await trimAbsent(tx, upstream.id, 20);
  });
  const left = await database.get<{ count: number; oldest: number }>(
    'select count(*) as count, min(checked_at) as oldest from upstream_resource',
  );
  expect(left).toEqual({ count: 20, oldest: 50 });
});
