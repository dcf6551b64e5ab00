import { setImmediate } from 'node:timers/promises';

/** Lets others have their turn in the midst of long work. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}
