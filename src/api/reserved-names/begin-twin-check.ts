import { putTwinCheck, type TwinCheckState } from '../../catalog/twin-checks.ts';
import type { Transaction } from '../../database/database.ts';
import { checkTwinsKind } from '../../jobs/check-twins-job.ts';
import { ensurePeriodic } from '../../jobs/queue.store.ts';

/** A new round for a virtual registry, as soon as a process looks at its jobs. */
export async function beginTwinCheck(tx: Transaction, registryId: number, now: number): Promise<TwinCheckState> {
  const state = { registryId, begunAt: now, finishedAt: null, afterKey: null, asked: 0, failed: 0 };
  await putTwinCheck(tx, state);
  await ensurePeriodic(tx, checkTwinsKind, now);
  return state;
}
