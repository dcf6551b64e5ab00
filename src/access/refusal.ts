import { type Problem, problem } from '../problems/problem.ts';
import type { Caller } from './caller.ts';
import type { Refusal } from './permit.ts';

export type Thing = 'project' | 'group';

/** The error for a verdict that says no. */
export function refusal(verdict: Refusal, thing: Thing): Problem {
  if (verdict.because === 'hidden') return problem(`${thing}-not-found`);
  return problem(verdict.because, verdict.reason);
}

/**
 * The error for a project or group that does not exist: the same that one answers for a thing that the caller may not
 * see, so that nobody learns which of both it is.
 */
export function missing(caller: Caller, thing: Thing): Problem {
  const because = caller.kind === 'anonymous' ? 'unauthenticated' : 'hidden';
  return refusal({ allowed: false, because, reason: '' }, thing);
}
