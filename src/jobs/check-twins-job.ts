import type { JobKind } from './worker.ts';

const minute = 60_000;

export const checkTwinsKind = 'check-twins';

/** Names of ours that other registries have too: a portion of the questions each time. */
export function checkTwinsJob({
  checkTwins,
}: {
  readonly checkTwins: (signal: AbortSignal) => Promise<void>;
}): JobKind {
  return { kind: checkTwinsKind, every: 10 * minute, run: ({ signal }) => checkTwins(signal) };
}
