import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Catalogue, newYear, openCatalogue } from '../../test/harness/catalogue.ts';
import { findCleanupPolicy, putCleanupPolicy } from '../catalog/cache-cleanup-policies.ts';
import { cacheEntriesAfter } from '../catalog/cache-entries.ts';
import { listCachedFiles, pinFile, pinOf, putCachedFile, countUse } from '../catalog/upstream-files.ts';
import { noteUses, putResource } from '../catalog/upstream-resources.ts';
import { insertUpstream } from '../catalog/upstreams.ts';
import type { Database } from '../database/database.ts';
import { boundCache, cuts } from './bound-cache.ts';
import { cacheUsage } from './cache-usage.ts';
import { runCleanupPolicies } from './run-cleanup-policies.ts';
import { sweepCache } from './sweep-cache.ts';

const day = 24 * 3_600_000;
const signal = new AbortController().signal;

let catalogue: Catalogue;
let db: Database;
let now: number;
let blobs = 0;

beforeEach(async () => {
  catalogue = await openCatalogue();
  ({ db } = catalogue);
  now = newYear;
});
afterEach(() => catalogue.close());

async function upstreamOf(namespaceId: number, format = 'npm'): Promise<number> {
  const empty = { description: '', localProjectId: null, localNamespaceId: null, username: null, password: null };
  const fields = { trustedOrigins: '[]', rules: '[]', cacheValidityHours: 24, metadataCacheValidityHours: 1 };
  const upstream = { ...empty, ...fields, namespaceId, format, name: 'up', url: 'https://up.example' };
  return (await db.transaction((tx) => insertUpstream(tx, upstream, now))).id;
}

/** Bytes of this size, as the catalogue knows them. */
async function blob(size: number): Promise<string> {
  const sha256 = String(++blobs).padStart(64, '0');
  await db.run(`insert into blob (sha256, size, md5, sha1, sha512, created_at) values (?, ?, '', '', '', 0)`, [
    sha256,
    size,
  ]);
  return sha256;
}

/** A file that came at this age, in days. */
async function file(upstreamId: number, fileKey: string, age: number, size = 100): Promise<void> {
  const sha256 = await blob(size);
  const names = { path: fileKey, nameKey: 'x', name: 'x', namespace: null, version: null, fileName: fileKey };
  const rest = { publishedAt: null, mutable: false, etag: null, checkedAt: now };
  await db.transaction(async (tx) => {
    await pinFile(tx, { upstreamId, fileKey, sha256 }, now);
    await putCachedFile(tx, { upstreamId, fileKey, sha256, ...names, ...rest }, now - age * day);
  });
}

async function document(upstreamId: number, resource: string, age: number, size = 10): Promise<void> {
  const [sha256, at] = [await blob(size), now - age * day];
  const row = { outcome: 'found', sha256, head: '{}', etag: null, lastModified: null } as const;
  await db.transaction((tx) => putResource(tx, upstreamId, resource, { ...row, checkedAt: at, changedAt: at }));
}

async function kept(upstreamId: number): Promise<string[]> {
  const keys = async (kind: 'file' | 'document'): Promise<string[]> =>
    (await cacheEntriesAfter(db, { upstreamId, kind, after: '' }, 1_000)).map(({ key }) => key);
  return [...(await keys('file')), ...(await keys('document'))];
}

describe('a sweep', () => {
  test('takes what nobody asked for, files as documents, and leaves the pins', async () => {
    const id = await upstreamOf((await catalogue.group('acme')).id);
    await file(id, 'old', 40);
    await file(id, 'downloaded', 40);
    await file(id, 'young', 5);
    await document(id, 'old', 40);
    await document(id, 'asked', 40);
    const [{ id: downloaded } = { id: 0 }] = (
      await listCachedFiles(db, { upstreamId: id, search: 'downloaded' }, { limit: 1, offset: 0 })
    ).items;
    await db.transaction(async (tx) => {
      await countUse(tx, downloaded, 1, now - day);
      await noteUses(tx, [{ upstreamId: id, resource: 'asked', at: now - day }]);
    });
    const before = now - 30 * day;
    expect(await sweepCache(db, { id }, { before })).toEqual({ entries: 2, bytes: 110 });
    expect(await kept(id)).toEqual(['downloaded', 'young', 'asked']);
    expect(await pinOf(db, id, 'old')).not.toBeNull();
    expect(await sweepCache(db, { id }, { before })).toEqual({ entries: 0, bytes: 0 });
  });

  test('takes more than one batch, and no more bytes than it shall', async () => {
    const id = await upstreamOf((await catalogue.group('acme')).id);
    for (let each = 0; each < 505; each += 1) await file(id, `f${String(each).padStart(3, '0')}`, 40, 1);
    expect(await sweepCache(db, { id }, { before: now, most: 503 })).toEqual({ entries: 503, bytes: 503 });
    expect(await kept(id)).toEqual(['f503', 'f504']);
    expect(await cacheUsage(db, [id])).toMatchObject({ files: 2, fileBytes: 2, leastRecentUse: now - 40 * day });
  });
});

describe('bounds of the server', () => {
  test('by days', async () => {
    const id = await upstreamOf((await catalogue.group('acme')).id);
    await file(id, 'old', 8);
    await file(id, 'young', 6);
    await boundCache(db, { days: 7, bytes: null }, { now, signal });
    expect(await kept(id)).toEqual(['young']);
  });

  test('by bytes: the longest unused first, of all upstreams', async () => {
    const { id: group } = await catalogue.group('acme');
    const [one, two] = [await upstreamOf(group), await upstreamOf(group, 'maven')];
    for (const [index, age] of [5, 3, 1].entries()) {
      await file(one, `a${index}`, age);
      await file(two, `b${index}`, age + 1);
    }
    await document(two, 'd', 2, 50);
    const bounds = { days: null, bytes: 350 };
    expect(await boundCache(db, bounds, { now, signal })).toEqual({ entries: 3, bytes: 300 });
    expect([await kept(one), await kept(two)]).toEqual([
      ['a1', 'a2'],
      ['b2', 'd'],
    ]);
    expect(await boundCache(db, bounds, { now, signal })).toEqual({ entries: 0, bytes: 0 });
  });

  test('what was used within the hour stays, and nothing is looked at without bounds', async () => {
    const id = await upstreamOf((await catalogue.group('acme')).id);
    await file(id, 'now', 0);
    await file(id, 'old', 1);
    await boundCache(db, { days: null, bytes: null }, { now, signal });
    expect(await kept(id)).toEqual(['now', 'old']);
    await boundCache(db, { days: null, bytes: 1 }, { now, signal });
    expect(await kept(id)).toEqual(['now']);
  });
});

describe('cuts', () => {
  const minutes = 60_000;
  const perAge = new Map([
    [12, 10],
    [10, 30],
    [11, 20],
  ]);

  test.each([
    [0, []],
    [-5, []],
    [10, [{ before: 55 * minutes, most: 10 }]],
    [30, [{ before: 55 * minutes, most: 30 }]],
    [
      35,
      [
        { before: 55 * minutes, most: Infinity },
        { before: 60 * minutes, most: 5 },
      ],
    ],
    [1000, [{ before: 1000 * minutes, most: Infinity }]],
  ])('%j bytes too many', (excess, expected) => {
    expect(cuts(perAge, excess, 1000 * minutes)).toEqual(expected);
  });

  test('nothing younger than the latest is cut', () => {
    expect(cuts(perAge, 1000, 56 * minutes)).toEqual([{ before: 55 * minutes, most: Infinity }]);
    expect(cuts(perAge, 1000, 10 * minutes)).toEqual([]);
  });
});

describe('policies of groups', () => {
  const logger = { info: () => undefined, error: () => undefined };
  const run = (database = db): Promise<void> => runCleanupPolicies({ database, logger, now: () => now, signal });
  const policy = (namespaceId: number, more: object = {}) => ({
    namespaceId,
    enabled: true,
    cadenceDays: 7,
    keepDays: 30,
    notifyOnSuccess: true,
    notifyOnFailure: true,
    nextRunAt: now,
    lastRunAt: null,
    lastRun: {},
    status: 'scheduled' as const,
    failureMessage: null,
    createdAt: now,
    updatedAt: now,
    ...more,
  });
  const audit = (): Promise<{ action: string }[]> => db.all(`select action from audit_event where actor = 'system'`);

  test('run when they are due, for their own group', async () => {
    const [{ id: acme }, { id: other }] = [await catalogue.group('acme'), await catalogue.group('other')];
    const [ours, theirs] = [await upstreamOf(acme), await upstreamOf(other)];
    for (const upstream of [ours, theirs]) await file(upstream, 'old', 40);
    await db.transaction(async (tx) => {
      await putCleanupPolicy(tx, policy(acme));
      await putCleanupPolicy(tx, policy(other, { enabled: false }));
    });
    await run();
    expect([await kept(ours), await kept(theirs)]).toEqual([[], ['old']]);
    expect(await findCleanupPolicy(db, acme)).toMatchObject({
      status: 'scheduled',
      lastRunAt: now,
      nextRunAt: now + 7 * day,
      lastRun: { npm: { entries: 1, bytes: 100 } },
    });
    expect(await audit()).toEqual([{ action: 'cache-cleanup.done' }]);
    await file(ours, 'more', 40);
    now += 6 * day;
    await run();
    expect(await kept(ours)).toEqual(['more']);
    now += 2 * day;
    await run();
    expect(await kept(ours)).toEqual([]);
  });

  test('one that fails says so, is tried again the next day, and stops no other', async () => {
    const [{ id: first }, { id: second }] = [await catalogue.group('first'), await catalogue.group('second')];
    const [broken, fine] = [await upstreamOf(first), await upstreamOf(second)];
    for (const upstream of [broken, fine]) await file(upstream, 'old', 40);
    await db.transaction(async (tx) => {
      await putCleanupPolicy(tx, policy(first));
      await putCleanupPolicy(tx, policy(second));
    });
    const failing: Database = Object.create(db) as Database;
    failing.all = (sql, params) =>
      sql.includes('from upstream_file') && params?.[0] === broken
        ? Promise.reject(new Error('on purpose'))
        : db.all(sql, params);
    for (const name of ['get', 'run', 'transaction', 'stamp'] as const) {
      Object.defineProperty(failing, name, { value: db[name].bind(db) });
    }
    await run(failing);
    expect([await kept(broken), await kept(fine)]).toEqual([['old'], []]);
    const failed = await findCleanupPolicy(db, first);
    expect(failed).toMatchObject({ status: 'failed', nextRunAt: now + day });
    expect(failed?.failureMessage).not.toContain('on purpose');
    expect((await audit()).map(({ action }) => action).toSorted()).toEqual([
      'cache-cleanup.done',
      'cache-cleanup.failed',
    ]);
    now += day;
    await run();
    expect(await findCleanupPolicy(db, first)).toMatchObject({ status: 'scheduled', failureMessage: null });
  });
});
