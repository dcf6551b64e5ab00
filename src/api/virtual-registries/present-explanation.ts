import type { Explanation } from '../../registry/explain.ts';
import type { KeptTrace } from '../../registry/kept-traces.ts';
import type { TraceStep } from '../../registry/trace.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';

/** An explanation as the API tells it, and the command line as JSON. */
export function presentExplanation({ name, claimed, steps, versions, error }: Explanation, now: number) {
  return {
    package: name,
    claimed,
    members: steps.map((step) => presentStep(step, now)),
    versions:
      versions?.map(({ version, publishedAt, license, member }) => {
        return { version, published_at: isoTimeOrNull(publishedAt), license, member };
      }) ?? null,
    error,
  };
}

export function presentTrace({ asked, seenAt, steps }: KeptTrace, now: number) {
  return { asked, answered_at: isoTime(seenAt), members: steps.map((step) => presentStep(step, now)) };
}

function presentStep({ checkedAt, dryRun, state: _state, ...step }: TraceStep, now: number) {
  return {
    ...step,
    dry_run: dryRun,
    checked_at: isoTimeOrNull(checkedAt),
    age_seconds: checkedAt === null ? null : Math.max(0, Math.floor((now - checkedAt) / 1_000)),
  };
}
