import type { Bench } from '../bench.ts';
import type { Fact } from '../results.ts';

export interface Scenario {
  readonly name: string;
  /** What is done, for the head of its rows. */
  readonly about: string;
  /** Runs only when it is named. */
  readonly optional?: boolean;
  run(bench: Bench): Promise<readonly Fact[]>;
}
