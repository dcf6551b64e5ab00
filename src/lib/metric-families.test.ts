import { expect, test } from 'vitest';
import { addUp, countersOf, type Family, labelGauges, textOf } from './metric-families.ts';
import { createMetrics } from './metrics.ts';

function counter(...values: readonly [path: string, value: number][]): Family {
  return {
    name: 'hits_total',
    help: 'Hits.',
    type: 'counter',
    values: values.map(([path, value]) => ({ labels: { path }, value })),
  };
}

const gauge = (value: number | null): Family => ({
  name: 'bytes',
  help: 'Bytes.',
  type: 'gauge',
  values: [{ labels: {}, value }],
});

test('counters of equal labels are added up, others stand beside each other', async () => {
  const sum = addUp([[counter(['a', 1], ['b', 2])], [counter(['b', 3], ['c', 4])]]);
  expect(await textOf(sum)).toBe(
    '# HELP hits_total Hits.\n# TYPE hits_total counter\n' +
      'hits_total{path="a"} 1\nhits_total{path="b"} 5\nhits_total{path="c"} 4\n',
  );
});

test('a gauge says whose it is, one that all share is told once', async () => {
  const shared: Family = { ...gauge(7), name: 'parked', aggregator: 'first' };
  const sum = addUp([labelGauges([gauge(1), shared], 1), labelGauges([gauge(2), shared], 2)]);
  expect(await textOf(sum)).toContain('bytes{worker="1"} 1\nbytes{worker="2"} 2\n');
  expect(await textOf(sum)).toMatch(/\nparked 7\n$/);
});

test('not a number crosses JSON', async () => {
  const [family] = JSON.parse(JSON.stringify([gauge(Number.NaN)])) as Family[];
  expect(await textOf(family === undefined ? [] : [family])).toMatch(/\nbytes Nan\n$/);
});

test('one process alone: the text of its families is its text', async () => {
  const metrics = createMetrics();
  for (const ms of [0.5, 3, 99_000]) metrics.request('npm GET /:name', 'GET', 200, ms);
  metrics.published('npm');
  const own = (text: string): string[] => text.split('\n').filter((line) => line.includes('packyard_'));
  expect(own(await textOf(addUp([await metrics.families()])))).toEqual(own(await metrics.text()));
});

test('histograms are added bucket by bucket', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.request('r', 'GET', 200, 0.5);
  other.request('r', 'GET', 200, 3);
  const text = await textOf(addUp([await one.families(), await other.families()]));
  expect(text).toContain('packyard_http_request_duration_seconds_bucket{le="0.001",route="r"} 1');
  expect(text).toContain('packyard_http_request_duration_seconds_bucket{le="0.005",route="r"} 2');
  expect(text).toContain('packyard_http_request_duration_seconds_sum{route="r"} 0.0035');
});

test('of the dead, gauges are forgotten', () => {
  expect(countersOf([gauge(1), counter(['a', 1])])).toEqual([counter(['a', 1])]);
});

test('a gauge that cannot be read now hides nothing else', async () => {
  const metrics = createMetrics();
  metrics.gauge('packyard_of_a_database', 'Unreachable.', () => Promise.reject(new Error('it is down')));
  metrics.published('npm');
  const text = await metrics.text();
  expect(text).toContain('packyard_publishes_total{format="npm"} 1');
  expect(text).not.toMatch(/^packyard_of_a_database/m);
});
