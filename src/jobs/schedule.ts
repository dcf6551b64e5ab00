/** When jobs run. Times carry some chance, so that processes started together don't work at the same moment. */

const minute = 60_000;
const hour = 60 * minute;

/** A job that was never run: soon, but not while the process starts. */
export function firstRun(now: number, every: number): number {
  return now + Math.min(every, spread(minute));
}

export function nextRun(now: number, every: number): number {
  return now + spread(every);
}

/** Twice as long after each attempt, from half a minute to an hour; never longer than the interval of a periodic job. */
export function retryAt(now: number, attempt: number, every = hour): number {
  return now + Math.min(spread(minute / 2) * 2 ** (attempt - 1), every, hour);
}

/** Up to a tenth more or less. */
function spread(duration: number): number {
  return Math.round(duration * (0.9 + Math.random() * 0.2));
}
