import {
  type CacheCleanupPolicy,
  type CleanupMetrics,
  dueCleanupPolicy,
  noteCleanupRun,
} from '../catalog/cache-cleanup-policies.ts';
import { remoteUpstreams } from '../catalog/cache-entries.ts';
import { insertAudit } from '../catalog/events.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../lib/log.ts';
import { sweepCache } from './sweep-cache.ts';

const day = 24 * 3_600_000;

interface Options {
  readonly database: Database;
  readonly logger: Pick<Log['logger'], 'info' | 'error'>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Runs the cleanup policies of groups that are due. One that fails is tried again the next day, and stops no other. */
export async function runCleanupPolicies(options: Options): Promise<void> {
  const { database, logger, now, signal } = options;
  for (;;) {
    signal.throwIfAborted();
    const policy = await dueCleanupPolicy(database, now());
    if (policy === undefined) return;
    try {
      const removed = await runOne(options, policy);
      logger.info({ group: policy.namespaceId, removed }, 'a cleanup policy ran');
    } catch (error) {
      if (signal.aborted) throw error;
      logger.error({ err: error, group: policy.namespaceId }, 'a cleanup policy failed');
      await noteFailure(options, policy);
    }
  }
}

async function runOne({ database, now, signal }: Options, policy: CacheCleanupPolicy): Promise<CleanupMetrics> {
  const begun = now();
  const metrics: Record<string, { entries: number; bytes: number }> = {};
  for (const upstream of await remoteUpstreams(database, policy.namespaceId)) {
    const { entries, bytes } = await sweepCache(database, upstream, { before: begun - policy.keepDays * day, signal });
    const known = (metrics[upstream.format] ??= { entries: 0, bytes: 0 });
    known.entries += entries;
    known.bytes += bytes;
  }
  await database.transaction(async (tx) => {
    const nextRunAt = begun + policy.cadenceDays * day;
    const run = { nextRunAt, lastRunAt: begun, lastRun: metrics, status: 'scheduled', failureMessage: null } as const;
    await noteCleanupRun(tx, policy.namespaceId, run);
    if (policy.notifyOnSuccess) await tell(tx, policy, 'cache-cleanup.done', metrics, now());
  });
  return metrics;
}

async function noteFailure({ database, now }: Options, policy: CacheCleanupPolicy): Promise<void> {
  // What went wrong is in the log: it may name what is nobody's business.
  const failureMessage = 'The cleanup failed; the log of the server says why. It is tried again in a day.';
  await database.transaction(async (tx) => {
    const run = { nextRunAt: now() + day, lastRunAt: now(), lastRun: {}, status: 'failed', failureMessage } as const;
    await noteCleanupRun(tx, policy.namespaceId, run);
    if (policy.notifyOnFailure) await tell(tx, policy, 'cache-cleanup.failed', {}, now());
  });
}

function tell(
  tx: Parameters<typeof insertAudit>[0],
  { namespaceId }: CacheCleanupPolicy,
  action: string,
  details: CleanupMetrics,
  now: number,
): Promise<number> {
  return insertAudit(tx, { actor: 'system', action, projectId: null, subject: `group:${namespaceId}`, details }, now);
}
