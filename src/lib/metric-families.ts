/** Metrics as plain objects, so that those of several processes become one text. */
import type { Metric } from 'prom-client';

export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  /** `null` is what JSON makes of "not a number". */
  readonly value: number | null;
  /** Where it differs from the metric's own: `…_bucket`, `…_sum`. */
  readonly metricName?: string;
}

/** One metric with all its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** `first`: every process tells the same, as of the database they share. */
  readonly aggregator?: string;
  readonly values: readonly Sample[];
}

/** A worker's own families: its gauges say whose they are, because adding them up would say nothing. */
export function labelGauges(families: readonly Family[], worker: number): readonly Family[] {
  return families.map((family) =>
    family.type === 'gauge' && family.aggregator !== 'first'
      ? { ...family, values: family.values.map((sample) => ({ ...sample, labels: { worker, ...sample.labels } })) }
      : family,
  );
}

/** What still counts when the process that counted is gone. */
export function countersOf(families: readonly Family[]): readonly Family[] {
  return families.filter(({ type }) => type !== 'gauge');
}

/** Adds up samples of the same labels, except those of gauges, where one stands for all. */
export function addUp(parts: Iterable<readonly Family[]>): readonly Family[] {
  const sums = new Map<string, { family: Family; samples: Map<string, Sample> }>();
  for (const family of [...parts].flat()) {
    const sum = sums.get(family.name) ?? { family, samples: new Map<string, Sample>() };
    sums.set(family.name, sum);
    for (const sample of family.values) {
      const key = `${sample.metricName ?? ''}${JSON.stringify(sample.labels)}`;
      const before = family.type === 'gauge' ? undefined : sum.samples.get(key);
      sum.samples.set(key, before === undefined ? sample : { ...sample, value: plus(before.value, sample.value) });
    }
  }
  return Array.from(sums.values(), ({ family, samples }) => ({ ...family, values: [...samples.values()] }));
}

/** Prometheus' text format, written by its library. */
export async function textOf(families: readonly Family[]): Promise<string> {
  const { Registry } = await import('prom-client');
  const registry = new Registry();
  for (const family of families) {
    const values = family.values.map((sample) => ({ ...sample, value: sample.value ?? Number.NaN }));
    // All that a registry asks of a metric when it writes text.
    registry.registerMetric({ name: family.name, get: async () => ({ ...family, values }) } as unknown as Metric);
  }
  return registry.metrics();
}

function plus(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
