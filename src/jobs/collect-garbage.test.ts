import { utimes } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PublishHooks, StoredPackages } from '../../test/harness/stored-packages.ts';
import { openBlobFolder, openStoredPackages } from '../../test/harness/stored-packages.ts';
import { purgeFiles, putCachedFile } from '../catalog/upstream-files.ts';
import { purgeResources, putResource } from '../catalog/upstream-resources.ts';
import { insertUpstream } from '../catalog/upstreams.ts';
import type { Database } from '../database/database.ts';
import type { CollectOptions, Garbage } from './collect-garbage.ts';
import { collectGarbage } from './collect-garbage.ts';

const hour = 3_600_000;

let opened: Awaited<ReturnType<typeof openBlobFolder>>;
let packages: StoredPackages;

beforeAll(async () => {
  opened = await openBlobFolder();
});

afterAll(() => opened.remove());

beforeEach(async () => {
  packages = await openStoredPackages(opened.folder, opened.blobs);
  // So long ago that the bytes of a publish, which have the real time, look young after the grace period too.
  packages.now -= 26 * hour;
});

afterEach(() => packages.close());

const small = Buffer.from('some bytes');
/** Too large to stay in memory while staged. */
const large = Buffer.alloc(700 * 1024, 'x');

async function collect(options: Partial<CollectOptions> = {}): Promise<{ garbage: Garbage[]; marked: number }> {
  const garbage: Garbage[] = [];
  const { marked } = await collectGarbage({
    database: packages.database,
    blobs: packages.blobs,
    now: () => packages.now,
    grace: 24 * hour,
    dryRun: false,
    onGarbage: (each) => garbage.push(each),
    onFailure: (_, error) => {
      throw error;
    },
    ...options,
  });
  return { garbage, marked };
}

function rows(): Promise<{ sha256: string; orphaned_at: number | null; doomed_at: number | null }[]> {
  return packages.database.all('select sha256, orphaned_at, doomed_at from blob order by sha256');
}

/** An upstream of which a file and a document with these bytes are cached. */
async function cacheOfUpstream(file: string, text: string): Promise<number> {
  const { database, now } = packages;
  const group = await database.get<{ id: number }>('select min(id) as id from namespace');
  const upstream = await insertUpstream(
    database,
    {
      namespaceId: group?.id ?? 0,
      format: 'npm',
      name: 'up',
      description: '',
      url: 'https://up.example',
      localProjectId: null,
      localNamespaceId: null,
      username: null,
      password: null,
      trustedOrigins: '[]',
      rules: '[]',
      cacheValidityHours: 24,
      metadataCacheValidityHours: 1,
    },
    now,
  );
  const row = { fileKey: 'k', path: 'p', nameKey: 'n', name: 'n', namespace: null, version: '1', publishedAt: null };
  const cached = { ...row, fileName: 'f', mutable: false, etag: null, checkedAt: now, sha256: file };
  await putCachedFile(database, { upstreamId: upstream.id, ...cached }, now);
  const head = { head: '{}', etag: null, lastModified: null, checkedAt: now, changedAt: now };
  await putResource(database, upstream.id, 'r', { outcome: 'found', sha256: text, ...head });
  return upstream.id;
}

describe('two phases', () => {
  test('what is referenced stays; what is not is marked, and removed after the grace period', async () => {
    const kept = await packages.publish(large);
    const dropped = await packages.publish(small);
    await packages.unpublish(dropped);
    expect(await collect()).toEqual({ garbage: [], marked: 1 });
    packages.now += 23 * hour;
    expect(await collect()).toEqual({ garbage: [], marked: 0 });
    expect(await packages.stored()).toHaveLength(2);
    packages.now += hour;
    expect((await collect()).garbage).toEqual([{ sha256: dropped, size: small.length, reason: 'unreferenced' }]);
    expect(await packages.stored()).toEqual([kept]);
    expect(await rows()).toEqual([{ sha256: kept, orphaned_at: null, doomed_at: null }]);
    expect((await collect()).garbage).toEqual([]);
  });

  test('what is cached of an upstream stays until it is purged', async () => {
    const file = await packages.publish(large);
    const text = await packages.publish(small);
    const upstream = await cacheOfUpstream(file, text);
    await packages.unpublish(file);
    await packages.unpublish(text);
    for (const _ of [1, 2]) {
      expect(await collect()).toEqual({ garbage: [], marked: 0 });
      packages.now += 48 * hour;
    }
    await purgeFiles(packages.database, upstream);
    expect((await collect()).marked).toBe(1);
    await purgeResources(packages.database, upstream);
    expect((await collect()).marked).toBe(1);
    packages.now += 24 * hour;
    await collect();
    expect(await packages.stored()).toEqual([]);
  });

  test('a publish of the same bytes within the grace period clears the mark', async () => {
    const key = await packages.publish(small);
    await packages.unpublish(key);
    await collect();
    await packages.publish(small);
    packages.now += 48 * hour;
    expect((await collect()).garbage).toEqual([]);
    await packages.expectWhole();
  });

  test('a mark on something that is referenced is cleared, not obeyed', async () => {
    const key = await packages.publish(small);
    await packages.database.run('update blob set orphaned_at = 1');
    expect((await collect()).garbage).toEqual([]);
    expect(await rows()).toEqual([{ sha256: key, orphaned_at: null, doomed_at: null }]);
  });

  test('marks from the future count as young', async () => {
    const key = await packages.publish(small);
    await packages.unpublish(key);
    await packages.database.run('update blob set orphaned_at = ?', [packages.now + 48 * hour]);
    expect((await collect()).garbage).toEqual([]);
  });

  test('a dry run changes nothing and prints what a run then removes', async () => {
    packages.now = Date.now();
    const key = await packages.publish(small);
    const crashed = await packages.crashedPublish(large);
    await packages.unpublish(key);
    await collect();
    packages.now += 25 * hour;
    const before = await rows();
    const dry = await collect({ dryRun: true });
    expect(dry.garbage.map((each) => each.sha256).sort()).toEqual([key, crashed].sort());
    expect(await rows()).toEqual(before);
    expect(await packages.stored()).toHaveLength(2);
    expect(await collect()).toEqual(dry);
    expect(await packages.stored()).toEqual([]);
  });
});

describe('bytes without a row', () => {
  test('are removed after the grace period, counted from their last write', async () => {
    packages.now = Date.now();
    const key = await packages.crashedPublish(small);
    packages.now += 23 * hour;
    expect((await collect()).garbage).toEqual([]);
    packages.now += 2 * hour;
    expect((await collect()).garbage).toEqual([{ sha256: key, size: small.length, reason: 'unknown' }]);
    expect(await packages.stored()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test('from the future stay', async () => {
    const key = await packages.crashedPublish(small);
    const future = new Date(packages.now + 1000 * hour);
    await utimes(packages.pathOf(key), future, future);
    expect((await collect({ grace: 0 })).garbage).toEqual([]);
  });
});

describe.each([
  ['small', small],
  ['large', large],
])('a publish of the same %s bytes while they are collected', (_, bytes) => {
  async function orphan(): Promise<string> {
    const key = await packages.publish(bytes);
    await packages.unpublish(key);
    await collect();
    packages.now += 25 * hour;
    return key;
  }

  test('after the rows were doomed: it waits, and puts the bytes back', async () => {
    const key = await orphan();
    const hooks: PublishHooks = {};
    let published: Promise<string> = Promise.resolve('');
    const { garbage } = await collect({
      between: {
        doomed: once(async () => {
          published = packages.publish(bytes, hooks);
          await until(() => (hooks.attempts ?? 0) >= 2);
        }),
      },
    });
    expect(garbage.map((each) => each.sha256)).toEqual([key]);
    await published;
    await packages.expectWhole();
    expect(await rows()).toEqual([{ sha256: key, orphaned_at: null, doomed_at: null }]);
  });

  test('after the bytes were removed: it puts them back', async () => {
    await orphan();
    const hooks: PublishHooks = {};
    let published: Promise<string> = Promise.resolve('');
    await collect({
      between: {
        removed: once(async () => {
          published = packages.publish(bytes, hooks);
          await until(() => (hooks.attempts ?? 0) >= 2);
        }),
      },
    });
    await published;
    await packages.expectWhole();
  });

  test('a whole collection between its commit and its transaction: it notices and repeats', async () => {
    await orphan();
    const hooks: PublishHooks = {
      async committed() {
        const { garbage } = await collect();
        expect(garbage).toHaveLength(1);
        expect(await packages.stored()).toEqual([]);
      },
    };
    await packages.publish(bytes, hooks);
    expect(hooks.attempts).toBe(2);
    await packages.expectWhole();
  });

  test('a whole collection of bytes without a row between them too', async () => {
    await packages.crashedPublish(bytes);
    await packages.publish(bytes, {
      async committed() {
        packages.now = Date.now() + 25 * hour;
        expect((await collect()).garbage).toMatchObject([{ reason: 'unknown' }]);
      },
    });
    await packages.expectWhole();
  });

  test('between the look and the doom: the bytes stay', async () => {
    const key = await orphan();
    const { database } = packages;
    const racing = Object.create(database, {
      transaction: {
        async value(work: Parameters<Database['transaction']>[0]) {
          await packages.publish(bytes);
          return database.transaction(work);
        },
      },
      all: { value: database.all.bind(database) },
      get: { value: database.get.bind(database) },
    }) as Database;
    expect((await collect({ database: racing })).garbage).toEqual([]);
    expect(await packages.stored()).toEqual([key]);
    await packages.expectWhole();
  });
});

describe('a collector that died', () => {
  async function dead(at: 'doomed' | 'removed'): Promise<string> {
    const key = await packages.publish(large);
    await packages.unpublish(key);
    await collect();
    packages.now += 25 * hour;
    const died = new Error('killed');
    await expect(collect({ between: { [at]: () => Promise.reject(died) } })).rejects.toBe(died);
    return key;
  }

  test.each(['doomed', 'removed'] as const)('after %s: a later one finishes its work', async (at) => {
    const key = await dead(at);
    expect((await collect()).garbage).toEqual([]);
    packages.now += hour;
    expect((await collect()).garbage).toEqual([{ sha256: key, size: large.length, reason: 'unfinished' }]);
    expect(await rows()).toEqual([]);
    expect(await packages.stored()).toEqual([]);
  });

  test.each(['doomed', 'removed'] as const)('after %s: a publish is told to wait, and later takes over', async (at) => {
    await dead(at);
    await expect(packages.publish(large)).rejects.toMatchObject({ code: 'storage-unavailable' });
    packages.now += hour;
    await packages.publish(large);
    await packages.expectWhole();
  });

  test('one that wakes up after another took over removes nothing any more', async () => {
    const key = await packages.publish(small);
    await packages.unpublish(key);
    await collect();
    packages.now += 25 * hour;
    const { garbage } = await collect({
      between: {
        async doomed() {
          packages.now += hour;
          expect((await collect()).garbage).toMatchObject([{ reason: 'unfinished' }]);
          await packages.publish(small);
        },
      },
    });
    expect(garbage).toEqual([]);
    await packages.expectWhole();
  });
});

test('publishes and collections at the same time lose nothing', async () => {
  const end = new AbortController();
  const collector = (async () => {
    while (!end.signal.aborted) {
      packages.now += 48 * hour;
      await collect({ grace: 0 });
    }
  })();
  const all = Array.from({ length: 6 }, (_, index) => Buffer.from(`bytes ${index % 3}`));
  for (let round = 0; round < 15; round += 1) {
    const keys = await Promise.all(all.map((bytes) => packages.publish(bytes, { patience: 20_000 })));
    await packages.expectWhole();
    for (const key of keys) await packages.unpublish(key);
  }
  end.abort();
  await collector;
}, 60_000);

/** Hooks are called for each batch. */
function once(work: () => Promise<void>): () => Promise<void> {
  let called = false;
  return async () => {
    if (called) return;
    called = true;
    await work();
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
