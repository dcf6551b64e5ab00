export const peerIds = ['packyard', 'nginx', 'verdaccio'] as const;

export type PeerId = (typeof peerIds)[number];

/** One thing measured on one or more servers. */
export interface Fact {
  readonly scenario: string;
  readonly what: string;
  readonly unit: '/s' | 'µs' | 'ms' | 'MB' | 'KB' | 'MB/s' | '';
  /** Which way is good; decides how ratios are turned. */
  readonly better: 'more' | 'less';
  /** The median of the repetitions. */
  readonly of: Readonly<Partial<Record<PeerId, number>>>;
  /** Every repetition, for whoever wants the spread. */
  readonly all: Readonly<Partial<Record<PeerId, readonly number[]>>>;
}

export type FactShape = Pick<Fact, 'scenario' | 'what' | 'unit' | 'better'>;

/** A fact of the repetitions that each server has. */
export function fact(shape: FactShape, all: Fact['all']): Fact {
  const of: Partial<Record<PeerId, number>> = {};
  for (const peer of peerIds) {
    const values = all[peer];
    if (values !== undefined && values.length > 0) of[peer] = median(values);
  }
  return { ...shape, of, all };
}

/** How many times better Packyard is than `peer`: 2 = twice the rate, or half the time; `null` when either has none. */
export function ratio({ better, of }: Fact, peer: Exclude<PeerId, 'packyard'>): number | null {
  const own = of.packyard;
  const other = of[peer];
  if (own === undefined || other === undefined || own <= 0 || other <= 0) return null;
  return better === 'more' ? own / other : other / own;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
