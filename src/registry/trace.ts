import type { Hidden, Warned } from '../policy/upstream-policy.ts';

/** What one member of a virtual registry contributed to an answer. */
export interface TraceStep {
  readonly member: string;
  readonly kind: 'project' | 'group' | 'remote';
  /** `not-asked`: the name is one of ours, or none that the member's rules allow. */
  readonly outcome: 'found' | 'absent' | 'failed' | 'not-allowed' | 'not-asked';
  readonly detail: string | null;
  /** When the upstream last said so, milliseconds since the epoch; `null` for what is ours. */
  readonly checkedAt: number | null;
  readonly stale: boolean;
  readonly versions: number | null;
  /** Versions that a rule hides. */
  readonly hidden: readonly (Hidden & { readonly version: string | null })[];
  /** `true`: they are shown all the same. */
  readonly dryRun: boolean;
  /** Versions that are let through, and told of. */
  readonly warnings: readonly (Warned & { readonly version: string | null })[];
  /** Names what the member gave exactly, hidden versions too; `null` where the rest says it all. */
  readonly state: string | null;
}

/** Why a request of a virtual registry was answered as it was. */
export class Trace {
  readonly steps: TraceStep[] = [];
  /** Sentences for whoever sees the answer. */
  readonly notices: string[] = [];
  /** `null` for a project with an upstream. */
  registryId: number | null = null;

  note(step: Pick<TraceStep, 'member' | 'kind' | 'outcome'> & Partial<TraceStep>): void {
    const nothing = {
      detail: null,
      checkedAt: null,
      stale: false,
      versions: null,
      hidden: [],
      dryRun: false,
      warnings: [],
      state: null,
    };
    this.steps.push({ ...nothing, ...step });
  }

  /** Members answer in any order: their steps are told in that of the registry. */
  arrange(members: readonly { readonly name: string }[]): void {
    const places = new Map(members.map(({ name }, index) => [name, index]));
    this.steps.sort((a, b) => (places.get(a.member) ?? 0) - (places.get(b.member) ?? 0));
  }

  /** The greatest age of what the answer is made of, in milliseconds; `null` when nothing came from elsewhere. */
  ageAt(now: number): number | null {
    const times = this.steps.flatMap(({ checkedAt }) => (checkedAt === null ? [] : [checkedAt]));
    return times.length === 0 ? null : Math.max(0, now - Math.min(...times));
  }

  get stale(): boolean {
    return this.steps.some(({ stale }) => stale);
  }
}
