import { problem } from '../../problems/problem.ts';

/** `precondition-failed` when the thing changed after the time in `If-Unmodified-Since`; a value that is no date counts as absent. */
export function unmodifiedSince(header: string | undefined, changedAt: number): void {
  const since = header === undefined ? Number.NaN : Date.parse(header);
  if (Number.isNaN(since)) return;
  // The header counts in seconds.
  if (Math.floor(changedAt / 1000) * 1000 > since) {
    throw problem('precondition-failed', 'The package changed since the time in If-Unmodified-Since.');
  }
}
