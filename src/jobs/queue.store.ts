/** The table of jobs: a row is leased by who works on it, and free again when the lease ends without news. */
import type { Database, Session } from '../database/database.ts';

export interface NewJob {
  readonly kind: string;
  /** While a job of this kind with the same word exists, another one is not added. */
  readonly dedupe?: string;
  /** JSON. */
  readonly body?: unknown;
  /** Milliseconds since the epoch. */
  readonly runAt: number;
}

export interface TakenJob {
  readonly id: number;
  readonly kind: string;
  readonly body: unknown;
  /** Counts from 1; who took the job last is known by it. */
  readonly attempt: number;
}

/** Tried so often without success, a job waits for a person. */
export const maxAttempts = 8;

/** `false` when an equal job waits or runs already. Give it the transaction of what causes the job. */
export async function enqueue(session: Session, { kind, dedupe, body = {}, runAt }: NewJob): Promise<boolean> {
  const added = await session.run(
    'insert into job (kind, dedupe, body, run_at) values (?, ?, ?, ?) on conflict (kind, dedupe) do nothing',
    [kind, dedupe ?? null, JSON.stringify(body), runAt],
  );
  return added === 1;
}

/** Adds a job that is there for ever, or brings the one that is there forward. */
export async function ensurePeriodic(session: Session, kind: string, runAt: number): Promise<void> {
  await session.run(
    `insert into job (kind, dedupe, run_at) values (?, 'periodic', ?)
     on conflict (kind, dedupe) do update set run_at = excluded.run_at where job.run_at > excluded.run_at`,
    [kind, runAt],
  );
}

interface JobRow {
  readonly id: number;
  readonly kind: string;
  readonly body: string;
  readonly attempt: number;
}

const due = 'run_at <= ? and (lease_until is null or lease_until <= ?) and attempts < ?';

/** Leases the job that is due longest, of kinds this process knows; `null` when there is none, or another took it. */
export async function takeJob(
  database: Database,
  kinds: readonly string[],
  now: number,
  leaseUntil: number,
): Promise<TakenJob | null> {
  const find = `select id from job where kind in (${kinds.map(() => '?').join(', ')}) and ${due} order by run_at, id limit 1`;
  const parameters = [...kinds, now, now, maxAttempts];
  // Most looks find nothing: they shall not begin a transaction.
  if (kinds.length === 0 || (await database.get(find, parameters)) === undefined) return null;
  const row = await database.get<JobRow>(
    `update job set lease_until = ?, attempts = attempts + 1 where id = (${find}) and ${due}
     returning id, kind, body, attempts as attempt`,
    [leaseUntil, ...parameters, now, now, maxAttempts],
  );
  return row === undefined ? null : { ...row, body: JSON.parse(row.body) as unknown };
}

/** `false` when the lease had ended and somebody else took the job. */
export async function extendLease(session: Session, { id, attempt }: TakenJob, leaseUntil: number): Promise<boolean> {
  return (
    (await session.run('update job set lease_until = ? where id = ? and attempts = ?', [leaseUntil, id, attempt])) === 1
  );
}

export function completeJob(session: Session, { id, attempt }: TakenJob): Promise<number> {
  return session.run('delete from job where id = ? and attempts = ?', [id, attempt]);
}

/** A periodic job is done: it waits for its next time. */
export function rescheduleJob(session: Session, { id, attempt }: TakenJob, runAt: number): Promise<number> {
  return session.run(
    'update job set run_at = ?, lease_until = null, attempts = 0, last_error = null where id = ? and attempts = ?',
    [runAt, id, attempt],
  );
}

/** Puts a job back that did not succeed; fewer `attempts` than it had mean that the job itself was not to blame. */
export function returnJob(
  session: Session,
  { id, attempt }: TakenJob,
  change: { runAt: number; error: string | null; attempts: number },
): Promise<number> {
  return session.run(
    'update job set run_at = ?, lease_until = null, attempts = ?, last_error = ? where id = ? and attempts = ?',
    [change.runAt, change.attempts, change.error, id, attempt],
  );
}

/** Jobs that are not tried any more. */
export async function countParkedJobs(session: Session): Promise<number> {
  const row = await session.get<{ parked: number }>('select count(*) as parked from job where attempts >= ?', [
    maxAttempts,
  ]);
  return row?.parked ?? 0;
}
