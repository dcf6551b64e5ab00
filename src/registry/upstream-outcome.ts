import { type Problem, problem } from '../problems/problem.ts';
import type { Failed, NotAllowed } from '../upstream/outcome.ts';

/** The error for an upstream that could not be asked: never a 404, which clients take for "there is none". */
export function upstreamProblem(outcome: Failed | NotAllowed): Problem {
  if (outcome.outcome === 'not-allowed') return problem('upstream-failed', outcome.reason);
  const headers = outcome.retryAfter === null ? {} : { 'retry-after': String(outcome.retryAfter) };
  return problem(outcome.timedOut ? 'upstream-timeout' : 'upstream-failed', outcome.reason, headers);
}
