import type { UpstreamRequest, UpstreamSteps } from '../formats/format.ts';
import { absent, type Failed, failed, found, type Outcome } from '../upstream/outcome.ts';
import type { Name } from './model.ts';
import type { Resource, Resources } from '../upstream/resources.ts';
import type { Site } from '../upstream/site.ts';

/** What a format made of an upstream's answers, and which these were. */
export interface Stepped<T> {
  readonly value: T;
  readonly resources: readonly Resource[];
  /** When the upstream last confirmed the oldest of them, those that are good for longer than its other documents aside. */
  readonly checkedAt: number;
  /** Something was not there when the upstream could be asked last. */
  readonly staleAbsence: Failed | null;
}

const mostSteps = 128;
/** Spare requests that are made for one answer, and that are looked up. */
const mostSpare = 40;
const mostSpareSteps = 5_000;

type Source = Pick<Resources, 'get'> & Partial<Pick<Resources, 'fresh'>>;
type Where = { readonly site: Site; readonly validity: number };

/**
 * Makes the requests of a format's steps, one after the other. What one of them fails with is what comes of all. Requests
 * about names that are `ours` are not made.
 */
export async function runSteps<T>(
  resources: Source,
  where: Where,
  steps: UpstreamSteps<T>,
  isOurs: (name: Name) => Promise<boolean> = async () => false,
): Promise<Outcome<Stepped<T>>> {
  const used: Resource[] = [];
  let checkedAt = Infinity;
  let staleAbsence: Failed | null = null;
  let answer: unknown;
  const budget = { steps: mostSteps, spareSteps: mostSpareSteps, spare: mostSpare };
  while (budget.steps > 0 && budget.spareSteps > 0) {
    let next: IteratorResult<UpstreamRequest, T>;
    try {
      next = steps.next(answer);
    } catch {
      return failed(`The upstream ${where.site.name} answers something that can't be read.`);
    }
    if (next.done === true) return found({ value: next.value, resources: used, checkedAt, staleAbsence });
    const { about, goodFor = 0, spare = false } = next.value;
    budget[spare ? 'spareSteps' : 'steps'] -= 1;
    if (about !== undefined && (await isOurs(about))) {
      answer = null;
      continue;
    }
    const outcome = spare
      ? await askSpare(resources, where, next.value, budget)
      : await resources.get(where, next.value);
    if (outcome.outcome === 'failed' || outcome.outcome === 'not-allowed') return outcome;
    if (outcome.outcome === 'found') {
      used.push(outcome.value);
      if (goodFor <= where.validity) checkedAt = Math.min(checkedAt, outcome.value.checkedAt);
    } else staleAbsence ??= outcome.stale;
    answer = outcome.outcome === 'found' ? outcome.value.value : null;
  }
  return failed(`The upstream ${where.site.name} leads from one document to the next without end.`);
}

/** What is here costs nothing. */
async function askSpare(
  resources: Source,
  where: Where,
  request: UpstreamRequest,
  budget: { spare: number },
): Promise<Outcome<Resource>> {
  const known = (await resources.fresh?.(where, request)) ?? null;
  if (known !== null) return known;
  if (budget.spare === 0) return absent;
  budget.spare -= 1;
  return resources.get(where, request);
}
