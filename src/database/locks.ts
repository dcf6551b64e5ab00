/**
 * Locks on things that are more than a row. Transactions that take the same one come one after another: each waits until
 * the one before has ended, and then sees what it did. SQLite needs none, for there they do so anyway.
 * https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 */
import type { Session } from './database.ts';

const numbers = {
  migrations: 1,
  /** The tree of groups and projects: whoever moves or removes part of it, or narrows who may see it, takes it alone. */
  places: 2,
  /** Where upstreams are: whoever points one at another site takes it alone, who keeps something of one shares it. */
  upstreams: 3,
} as const;

export type LockName = keyof typeof numbers;

/** Shared: with all others who take it so, but not with one who takes it alone. Take locks before rows. */
export async function takeLock(tx: Session, name: LockName, mode: 'exclusive' | 'shared' = 'exclusive'): Promise<void> {
  const { lock } = tx.dialect;
  if (lock !== null) await tx.get(lock[mode], [numbers[name]]);
}
