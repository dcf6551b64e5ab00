import { expect, test } from 'vitest';
import type { Family } from '../lib/metric-families.ts';
import { GatheredMetrics } from './gathered-metrics.ts';

const hits = (value: number): readonly Family[] => [
  { name: 'hits_total', help: 'Hits.', type: 'counter', values: [{ labels: {}, value }] },
  { name: 'bytes', help: 'Bytes.', type: 'gauge', values: [{ labels: { worker: value }, value }] },
];

/** Workers that answer with these values when asked; `null` = never. */
function workers(metrics: GatheredMetrics, values: Record<number, number | null>) {
  const asked: number[] = [];
  const all = new Map(
    Object.entries(values).map(([number, value]) => [
      Number(number),
      (round: number) => {
        asked.push(Number(number));
        if (value !== null) setImmediate(() => metrics.take(Number(number), round, hits(value)));
      },
    ]),
  );
  return { all, asked };
}

const total = (text: string): string | undefined => /^hits_total (.*)$/m.exec(text)?.[1];

test('all workers add up; who asks meanwhile gets the same answer', async () => {
  const metrics = new GatheredMetrics();
  const { all, asked } = workers(metrics, { 1: 10, 2: 20 });
  const [one, other] = await Promise.all([metrics.text(all, []), metrics.text(all, [])]);
  expect(total(one)).toBe('30');
  expect(other).toBe(one);
  expect(asked).toEqual([1, 2]);
  expect(one).toContain('bytes{worker="10"} 10\nbytes{worker="20"} 20');
});

test('a worker that does not answer is told of as it was', async () => {
  const metrics = new GatheredMetrics(20);
  await metrics.text(workers(metrics, { 1: 10, 2: 20 }).all, []);
  expect(total(await metrics.text(workers(metrics, { 1: 11, 2: null }).all, []))).toBe('31');
});

test('a death makes no counter fall, takes its gauges along, and ends the wait for its answer', async () => {
  const metrics = new GatheredMetrics(60_000);
  await metrics.text(workers(metrics, { 1: 10, 2: 20 }).all, []);
  const asking = metrics.text(workers(metrics, { 1: 11, 2: null }).all, []);
  setImmediate(() => metrics.forget(2));
  const text = await asking;
  expect(total(text)).toBe('31');
  expect(text).not.toContain('bytes{worker="20"}');
  metrics.forget(1);
  expect(total(await metrics.text(workers(metrics, { 2: 1 }).all, []))).toBe('32');
});

test('without any worker there is still a text', async () => {
  const own: readonly Family[] = [{ name: 'workers', help: '.', type: 'gauge', values: [{ labels: {}, value: 0 }] }];
  expect(await new GatheredMetrics().text(new Map(), own)).toMatch(/\nworkers 0\n$/);
});
