/** What the background jobs and the command line make the stores say, and what nobody asks for yet. */
import { Readable } from 'node:stream';
import { openBlobs } from '../../src/blobs/connect.ts';
import { createGroup } from '../../src/catalog/namespace-changes.ts';
import { moveNamespace } from '../../src/catalog/namespace-move.ts';
import type { Namespace } from '../../src/catalog/namespaces.ts';
import { listTokens } from '../../src/catalog/tokens.ts';
import type { Database } from '../../src/database/database.ts';
import { hasSchema } from '../../src/database/migrate.ts';
import { collectGarbage } from '../../src/jobs/collect-garbage.ts';
import { fsck } from '../../src/jobs/fsck.ts';
import { countParkedJobs, enqueue } from '../../src/jobs/queue.store.ts';
import { type JobKind, JobWorker } from '../../src/jobs/worker.ts';

const hour = 3_600_000;

export async function playJobs(database: Database, dataFolder: string): Promise<void> {
  await workOff(database);
  await checkStored(database, dataFolder);
  await hasSchema(database);
  await moveGroup(database);
  for (const by of ['expiresAt', 'lastUsedAt', 'name'] as const) {
    await listTokens(database, {}, { limit: 1, offset: 0, order: { by, direction: 'asc' } }, 0);
  }
}

async function workOff(database: Database): Promise<void> {
  const now = Date.now();
  const kinds: JobKind[] = [
    { kind: 'once', run: () => Promise.resolve() },
    { kind: 'fails', run: () => Promise.reject(new Error('on purpose')) },
    { kind: 'again', every: hour, atStart: true, run: async () => new Promise((resolve) => setTimeout(resolve, 60)) },
  ];
  const logger = { info() {}, warn() {}, error() {} };
  const worker = new JobWorker({ database, kinds, logger, metrics: { job() {} }, now: () => now, leaseFor: 60 });
  await worker.start();
  for (const { kind } of kinds.slice(0, 2)) await enqueue(database, { kind, runAt: now });
  await worker.runDue();
  await worker.stop();
  await countParkedJobs(database);
}

/** No end point moves a group to another parent yet. */
async function moveGroup(database: Database): Promise<void> {
  const make = (path: string, parentId: number | null): Promise<Namespace> =>
    database.transaction((tx) => createGroup(tx, { parentId, path, name: path, visibility: 'private' }, 0));
  const [from, to] = [await make('from', null), await make('to', null)];
  const moved = await make('moved', from.id);
  await database.transaction((tx) => moveNamespace(tx, moved, { parentId: to.id }, 0));
}

/** Bytes without a row, without a file, doomed by a collector that died; rows without bytes. */
async function checkStored(database: Database, dataFolder: string): Promise<void> {
  const blobs = await openBlobs(`file:${dataFolder}`);
  let now = Date.now();
  const collect = (between = {}): Promise<unknown> =>
    collectGarbage({ database, blobs, now: () => now, grace: 0, dryRun: false, between, onFailure: () => undefined });
  const check = (): Promise<unknown> =>
    fsck({
      database,
      blobs,
      now: () => now,
      quick: false,
      grace: 0,
      onFinding: () => undefined,
      repair: { quarantine: `${dataFolder}/quarantine`, onRepair: () => undefined },
    });
  const staging = await blobs.stage(Readable.from(['nobody knows these']), { maxSize: 100 });
  await staging.commit();
  const [used] = await database.all<{ sha256: string }>('select sha256 from file order by id limit 1');
  await database.run('update blob set orphaned_at = 1 where sha256 = ?', [used?.sha256 ?? '']);
  await blobs.remove(used?.sha256 ?? '');
  await check();
  await staging.commit();
  await staging.discard();
  await database.run('delete from file where id = (select max(id) from file)');
  await collect();
  now += hour;
  await collect({ doomed: () => Promise.reject(new Error('killed')) }).catch(() => undefined);
  now += hour;
  await collect();
  await check();
}
