import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Hidden } from '../policy/upstream-policy.ts';

/** What one member of a virtual registry contributed to an answer. */
export interface TraceStep {
  readonly member: string;
  readonly kind: 'project' | 'group' | 'remote';
  /** `not-asked`: the name is one of ours. */
  readonly outcome: 'found' | 'absent' | 'failed' | 'not-allowed' | 'not-asked';
  readonly detail: string | null;
  /** Milliseconds since the upstream last said so; `null` for what is ours. */
  readonly age: number | null;
  readonly stale: boolean;
  readonly versions: number | null;
  /** Versions that a rule hides (or would, in a dry run). */
  readonly hidden: readonly (Hidden & { readonly version: string | null })[];
}

/** Why a request of a virtual registry was answered as it was. */
export class Trace {
  readonly id = randomBytes(8).toString('hex');
  readonly steps: TraceStep[] = [];

  note(step: Pick<TraceStep, 'member' | 'kind' | 'outcome'> & Partial<TraceStep>): void {
    this.steps.push({ detail: null, age: null, stale: false, versions: null, hidden: [], ...step });
  }

  /** The greatest age of what the answer is made of; `null` when nothing came from elsewhere. */
  get age(): number | null {
    const ages = this.steps.flatMap(({ age }) => (age === null ? [] : [age]));
    return ages.length === 0 ? null : Math.max(...ages);
  }

  get stale(): boolean {
    return this.steps.some(({ stale }) => stale);
  }
}

/** The traces of the last answers of this process, for those who ask about one. */
export class Traces {
  readonly #kept = new LRUCache<string, { readonly registryId: number; readonly steps: readonly TraceStep[] }>({
    max: 2_000,
  });

  keep({ id, steps }: Trace, registryId: number): void {
    this.#kept.set(id, { registryId, steps });
  }

  /** What was traced for that registry under that number; `null` = nothing, or no more. */
  find(id: string, registryId: number): readonly TraceStep[] | null {
    const kept = this.#kept.get(id);
    return kept?.registryId === registryId ? kept.steps : null;
  }
}
