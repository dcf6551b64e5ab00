import type { Session } from '../database/database.ts';

/** What one run removed, by format. */
export type CleanupMetrics = Readonly<Record<string, { readonly entries: number; readonly bytes: number }>>;

/** How long a group at the top keeps what its upstreams gave and nobody asks for any more. */
export interface CacheCleanupPolicy {
  readonly namespaceId: number;
  readonly enabled: boolean;
  /** Days between two runs. */
  readonly cadenceDays: number;
  /** Days after the last download. */
  readonly keepDays: number;
  readonly notifyOnSuccess: boolean;
  readonly notifyOnFailure: boolean;
  /** Milliseconds since the epoch; `null` while it is not enabled. */
  readonly nextRunAt: number | null;
  readonly lastRunAt: number | null;
  readonly lastRun: CleanupMetrics;
  readonly status: 'scheduled' | 'running' | 'failed';
  readonly failureMessage: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type Row = Omit<CacheCleanupPolicy, 'enabled' | 'notifyOnSuccess' | 'notifyOnFailure' | 'lastRun'> & {
  readonly enabled: 0 | 1;
  readonly notifyOnSuccess: 0 | 1;
  readonly notifyOnFailure: 0 | 1;
  readonly lastRun: string;
};

const columns = `namespace_id as "namespaceId", enabled, cadence_days as "cadenceDays", keep_days as "keepDays",
  notify_on_success as "notifyOnSuccess", notify_on_failure as "notifyOnFailure", next_run_at as "nextRunAt",
  last_run_at as "lastRunAt", last_run as "lastRun", status, failure_message as "failureMessage",
  created_at as "createdAt", updated_at as "updatedAt"`;

export async function findCleanupPolicy(
  session: Session,
  namespaceId: number,
): Promise<CacheCleanupPolicy | undefined> {
  const row = await session.get<Row>(`select ${columns} from cache_cleanup_policy where namespace_id = ?`, [
    namespaceId,
  ]);
  return row === undefined ? undefined : toPolicy(row);
}

/** The one that is due longest. */
export async function dueCleanupPolicy(session: Session, now: number): Promise<CacheCleanupPolicy | undefined> {
  const row = await session.get<Row>(
    `select ${columns} from cache_cleanup_policy where enabled = 1 and next_run_at <= ?
     order by next_run_at, namespace_id limit 1`,
    [now],
  );
  return row === undefined ? undefined : toPolicy(row);
}

/** Writes it as it is, new or changed. */
export async function putCleanupPolicy(tx: Session, policy: CacheCleanupPolicy): Promise<void> {
  await tx.run(
    `insert into cache_cleanup_policy (namespace_id, enabled, cadence_days, keep_days, notify_on_success,
       notify_on_failure, next_run_at, last_run_at, last_run, status, failure_message, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (namespace_id) do update set enabled = excluded.enabled, cadence_days = excluded.cadence_days,
       keep_days = excluded.keep_days, notify_on_success = excluded.notify_on_success,
       notify_on_failure = excluded.notify_on_failure, next_run_at = excluded.next_run_at,
       last_run_at = excluded.last_run_at, last_run = excluded.last_run, status = excluded.status,
       failure_message = excluded.failure_message, updated_at = excluded.updated_at`,
    [
      policy.namespaceId,
      Number(policy.enabled),
      policy.cadenceDays,
      policy.keepDays,
      Number(policy.notifyOnSuccess),
      Number(policy.notifyOnFailure),
      policy.nextRunAt,
      policy.lastRunAt,
      JSON.stringify(policy.lastRun),
      policy.status,
      policy.failureMessage,
      policy.createdAt,
      policy.updatedAt,
    ],
  );
}

export type CleanupRun = Pick<CacheCleanupPolicy, 'nextRunAt' | 'lastRunAt' | 'lastRun' | 'status' | 'failureMessage'>;

/** What came of a run; what was changed of the policy meanwhile stays. */
export function noteCleanupRun(tx: Session, namespaceId: number, run: CleanupRun): Promise<number> {
  return tx.run(
    `update cache_cleanup_policy set next_run_at = ?, last_run_at = ?, last_run = ?, status = ?, failure_message = ?
     where namespace_id = ? and enabled = 1`,
    [run.nextRunAt, run.lastRunAt, JSON.stringify(run.lastRun), run.status, run.failureMessage, namespaceId],
  );
}

export function deleteCleanupPolicy(tx: Session, namespaceId: number): Promise<number> {
  return tx.run('delete from cache_cleanup_policy where namespace_id = ?', [namespaceId]);
}

function toPolicy({ enabled, notifyOnSuccess, notifyOnFailure, lastRun, ...row }: Row): CacheCleanupPolicy {
  return {
    ...row,
    enabled: enabled === 1,
    notifyOnSuccess: notifyOnSuccess === 1,
    notifyOnFailure: notifyOnFailure === 1,
    lastRun: JSON.parse(lastRun) as CleanupMetrics,
  };
}
