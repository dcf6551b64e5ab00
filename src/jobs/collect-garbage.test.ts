import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openBlobs } from '../blobs/connect.ts';
import { commitBlobs } from '../catalog/blob-claims.ts';
import { openDatabase } from '../database/connect.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import type { CollectOptions, Garbage } from './collect-garbage.ts';
import { collectGarbage } from './collect-garbage.ts';

const hour = 3_600_000;
/** So long ago that the bytes of a publish, which have the real time, look young after the grace period too. */
const start = Date.now() - 26 * hour;

let folder: string;
let database: Database;
let blobs: BlobStore;
let now: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packyard-garbage-'));
  blobs = await openBlobs(`file:${folder}`);
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  database = await openDatabase('sqlite::memory:');
  now = start;
  await migrate(database);
  await database.transaction(async (tx) => {
    await tx.run(`insert into namespace (id, kind, path, full_path, full_path_key, name, visibility, lineage, created_at,
      updated_at) values (1, 'group', 'g', 'g', 'g', 'g', 'private', '/1/', 0, 0)`);
    await tx.run(`insert into project (id, namespace_id, path, full_path, full_path_key, name, visibility, created_at,
      updated_at) values (1, 1, 'p', 'g/p', 'g/p', 'p', 'private', 0, 0)`);
    await tx.run(`insert into package (id, project_id, format, name_key, name, search_text, revision, created_at,
      updated_at) values (1, 1, 'generic', 'a', 'a', 'a', 1, 0, 0)`);
    await tx.run(`insert into version (id, package_id, version_key, version, manifest, status, revision, created_at,
      updated_at) values (1, 1, '1', '1', '{}', 'default', 1, 0, 0)`);
  });
});

afterEach(async () => {
  await database.close();
  for (const key of await stored()) await blobs.remove(key);
});

const small = Buffer.from('some bytes');
/** Too large to stay in memory while staged. */
const large = Buffer.alloc(700 * 1024, 'x');

function keyOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface PublishHooks {
  staged?(): Promise<void>;
  committed?(): Promise<void>;
  attempts?: number;
}

/** The order of a publish: stage, commit, one transaction. */
async function publish(bytes: Buffer, hooks: PublishHooks = {}): Promise<string> {
  const staging = await blobs.stage(Readable.from([bytes]), { maxSize: 1e9 });
  await hooks.staged?.();
  const { digests, size } = staging;
  try {
    await commitBlobs(
      database,
      {
        blobs: [{ digests, size }],
        commit: async () => {
          hooks.attempts = (hooks.attempts ?? 0) + 1;
          await staging.commit();
          if (hooks.attempts === 1) await hooks.committed?.();
        },
        now: () => now,
        patience: 200,
      },
      (tx) =>
        tx.run(
          `insert into file (version_id, package_id, name, role, sha256, created_at) values (1, 1, ?, 'asset', ?, ?)`,
          ['f', digests.sha256, now],
        ),
    );
  } finally {
    await staging.discard();
  }
  return digests.sha256;
}

async function unpublish(sha256: string): Promise<void> {
  await database.run('delete from file where sha256 = ?', [sha256]);
}

/** The bytes reached the store, and the transaction never came. */
async function crashedPublish(bytes: Buffer): Promise<string> {
  const staging = await blobs.stage(Readable.from([bytes]), { maxSize: 1e9 });
  await staging.commit();
  await staging.discard();
  return staging.digests.sha256;
}

async function collect(options: Partial<CollectOptions> = {}): Promise<{ garbage: Garbage[]; marked: number }> {
  const garbage: Garbage[] = [];
  const { marked } = await collectGarbage({
    database,
    blobs,
    now: () => now,
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

async function stored(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { sha256 } of blobs.list()) keys.push(sha256);
  return keys;
}

function rows(): Promise<{ sha256: string; orphaned_at: number | null; doomed_at: number | null }[]> {
  return database.all('select sha256, orphaned_at, doomed_at from blob order by sha256');
}

/** Every file's bytes are there: what must hold whatever happened. */
async function expectWhole(): Promise<void> {
  for (const { sha256 } of await database.all<{ sha256: string }>('select sha256 from file')) {
    expect(
      createHash('sha256')
        .update(await blobs.read(sha256))
        .digest('hex'),
    ).toBe(sha256);
  }
}

describe('two phases', () => {
  test('what is referenced stays; what is not is marked, and removed after the grace period', async () => {
    const kept = await publish(large);
    const dropped = await publish(small);
    await unpublish(dropped);
    expect(await collect()).toEqual({ garbage: [], marked: 1 });
    now += 23 * hour;
    expect(await collect()).toEqual({ garbage: [], marked: 0 });
    expect(await stored()).toHaveLength(2);
    now += hour;
    expect((await collect()).garbage).toEqual([{ sha256: dropped, size: small.length, reason: 'unreferenced' }]);
    expect(await stored()).toEqual([kept]);
    expect(await rows()).toEqual([{ sha256: kept, orphaned_at: null, doomed_at: null }]);
    expect((await collect()).garbage).toEqual([]);
  });

  test('a publish of the same bytes within the grace period clears the mark', async () => {
    const key = await publish(small);
    await unpublish(key);
    await collect();
    await publish(small);
    now += 48 * hour;
    expect((await collect()).garbage).toEqual([]);
    await expectWhole();
  });

  test('a mark on something that is referenced is cleared, not obeyed', async () => {
    const key = await publish(small);
    await database.run('update blob set orphaned_at = 1');
    expect((await collect()).garbage).toEqual([]);
    expect(await rows()).toEqual([{ sha256: key, orphaned_at: null, doomed_at: null }]);
  });

  test('marks from the future count as young', async () => {
    const key = await publish(small);
    await unpublish(key);
    await database.run('update blob set orphaned_at = ?', [now + 48 * hour]);
    expect((await collect()).garbage).toEqual([]);
  });

  test('a dry run changes nothing and prints what a run then removes', async () => {
    now = Date.now();
    const key = await publish(small);
    const crashed = await crashedPublish(large);
    await unpublish(key);
    await collect();
    now += 25 * hour;
    const before = await rows();
    const dry = await collect({ dryRun: true });
    expect(dry.garbage.map((each) => each.sha256).sort()).toEqual([key, crashed].sort());
    expect(await rows()).toEqual(before);
    expect(await stored()).toHaveLength(2);
    expect(await collect()).toEqual(dry);
    expect(await stored()).toEqual([]);
  });
});

describe('bytes without a row', () => {
  test('are removed after the grace period, counted from their last write', async () => {
    now = Date.now();
    const key = await crashedPublish(small);
    now += 23 * hour;
    expect((await collect()).garbage).toEqual([]);
    now += 2 * hour;
    expect((await collect()).garbage).toEqual([{ sha256: key, size: small.length, reason: 'unknown' }]);
    expect(await stored()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test('from the future stay', async () => {
    const key = await crashedPublish(small);
    const future = new Date(now + 1000 * hour);
    await utimes(join(folder, 'blobs', 'sha256', key.slice(0, 2), key), future, future);
    expect((await collect({ grace: 0 })).garbage).toEqual([]);
  });
});

describe.each([
  ['small', small],
  ['large', large],
])('a publish of the same %s bytes while they are collected', (_, bytes) => {
  async function orphan(): Promise<string> {
    const key = await publish(bytes);
    await unpublish(key);
    await collect();
    now += 25 * hour;
    return key;
  }

  test('after the rows were doomed: it waits, and puts the bytes back', async () => {
    const key = await orphan();
    const hooks: PublishHooks = {};
    let published: Promise<string> = Promise.resolve('');
    const { garbage } = await collect({
      between: {
        doomed: once(async () => {
          published = publish(bytes, hooks);
          await until(() => (hooks.attempts ?? 0) >= 2);
        }),
      },
    });
    expect(garbage.map((each) => each.sha256)).toEqual([key]);
    await published;
    await expectWhole();
    expect(await rows()).toEqual([{ sha256: key, orphaned_at: null, doomed_at: null }]);
  });

  test('after the bytes were removed: it puts them back', async () => {
    await orphan();
    const hooks: PublishHooks = {};
    let published: Promise<string> = Promise.resolve('');
    await collect({
      between: {
        removed: once(async () => {
          published = publish(bytes, hooks);
          await until(() => (hooks.attempts ?? 0) >= 2);
        }),
      },
    });
    await published;
    await expectWhole();
  });

  test('a whole collection between its commit and its transaction: it notices and repeats', async () => {
    await orphan();
    const hooks: PublishHooks = {
      async committed() {
        const { garbage } = await collect();
        expect(garbage).toHaveLength(1);
        expect(await stored()).toEqual([]);
      },
    };
    await publish(bytes, hooks);
    expect(hooks.attempts).toBe(2);
    await expectWhole();
  });

  test('a whole collection of bytes without a row between them too', async () => {
    await crashedPublish(bytes);
    await publish(bytes, {
      async committed() {
        now = Date.now() + 25 * hour;
        expect((await collect()).garbage).toMatchObject([{ reason: 'unknown' }]);
      },
    });
    await expectWhole();
  });

  test('between the look and the doom: the bytes stay', async () => {
    const key = await orphan();
    const racing = {
      ...database,
      dialect: database.dialect,
      all: database.all.bind(database),
      get: database.get.bind(database),
      run: database.run.bind(database),
      async transaction(work: Parameters<Database['transaction']>[0]) {
        await publish(bytes);
        return database.transaction(work);
      },
    } as Database;
    expect((await collect({ database: racing })).garbage).toEqual([]);
    expect(await stored()).toEqual([key]);
    await expectWhole();
  });
});

describe('a collector that died', () => {
  async function dead(at: 'doomed' | 'removed'): Promise<string> {
    const key = await publish(large);
    await unpublish(key);
    await collect();
    now += 25 * hour;
    const died = new Error('killed');
    await expect(collect({ between: { [at]: () => Promise.reject(died) } })).rejects.toBe(died);
    return key;
  }

  test.each(['doomed', 'removed'] as const)('after %s: a later one finishes its work', async (at) => {
    const key = await dead(at);
    expect((await collect()).garbage).toEqual([]);
    now += hour;
    expect((await collect()).garbage).toEqual([{ sha256: key, size: large.length, reason: 'unfinished' }]);
    expect(await rows()).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  test.each(['doomed', 'removed'] as const)('after %s: a publish is told to wait, and later takes over', async (at) => {
    await dead(at);
    await expect(publish(large)).rejects.toMatchObject({ code: 'storage-unavailable' });
    now += hour;
    await publish(large);
    await expectWhole();
  });

  test('one that wakes up after another took over removes nothing any more', async () => {
    const key = await publish(small);
    await unpublish(key);
    await collect();
    now += 25 * hour;
    const { garbage } = await collect({
      between: {
        async doomed() {
          now += hour;
          expect((await collect()).garbage).toMatchObject([{ reason: 'unfinished' }]);
          await publish(small);
        },
      },
    });
    expect(garbage).toEqual([]);
    await expectWhole();
  });
});

test('publishes and collections at the same time lose nothing', async () => {
  let running = true;
  const collector = (async () => {
    while (running) {
      now += 48 * hour;
      await collect({ grace: 0 });
    }
  })();
  const all = Array.from({ length: 6 }, (_, index) => Buffer.from(`bytes ${index % 3}`));
  for (let round = 0; round < 15; round += 1) {
    const keys = await Promise.all(all.map((bytes) => publish(bytes)));
    await expectWhole();
    for (const key of keys) await unpublish(key);
  }
  running = false;
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
