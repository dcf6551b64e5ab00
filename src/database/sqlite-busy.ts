/** Waiting for a lock that another process holds, without stopping the event loop as the engine's own wait does. */
import { setTimeout as delay } from 'node:timers/promises';
import { isBusy } from './sqlite-errors.ts';

/** Milliseconds a caller waits for a lock before it is told to come back. */
export const LOCK_WAIT = 10_000;

const LONGEST_PAUSE = 3;

/** Short, because the lock is often free for a moment only; jittered, so that waiting processes do not keep in step. */
export const pause = (attempt: number): Promise<void> =>
  delay(1 + Math.random() * Math.min(LONGEST_PAUSE, 2 * (attempt + 1)));

/** Repeats a synchronous, repeatable step while the database is locked; then throws the engine's error. */
export async function retryWhileBusy<T>(step: () => T, lockWait: number = LOCK_WAIT): Promise<T> {
  const until = performance.now() + lockWait;
  for (let attempt = 0; ; attempt++) {
    try {
      return step();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
    await pause(attempt);
  }
}
