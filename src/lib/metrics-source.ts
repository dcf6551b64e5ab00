import type { Metric, Registry } from 'prom-client';
import type { Sample } from './metric-families.ts';
import type { RequestCounts, RouteCounts } from './request-counts.ts';
import { durationBounds } from './request-counts.ts';

/** One metric whose values are read only when somebody asks for the text. */
export interface Source {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  /** Whether every process of the instance reads the same. */
  readonly shared?: boolean;
  read(): readonly Sample[] | Promise<readonly Sample[]>;
}

/** Loads prom-client and starts its metrics of the process. */
export async function newRegistry(): Promise<Registry> {
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  // One timer of 50 ms for the event loop's delay; everything else is read when asked.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  return registry;
}

export function register(registry: Registry, source: Source): void {
  const { name, help, type, shared } = source;
  const facts = { name, help, type, ...(shared === true ? { aggregator: 'first' } : {}) };
  const metric = { ...facts, get: async () => ({ ...facts, values: await source.read() }) };
  // All that a registry asks of a metric when it writes text.
  registry.registerMetric(metric as unknown as Metric);
}

export function requestSources(requests: RequestCounts): readonly Source[] {
  return [
    {
      type: 'counter',
      name: 'packyard_http_requests_total',
      help: 'Answered requests.',
      read: () => [...requests.all()].flatMap(requestSamples),
    },
    {
      type: 'histogram',
      name: duration,
      help: 'Time from request to answer.',
      read: () => [...requests.all()].flatMap(durationSamples),
    },
  ];
}

const duration = 'packyard_http_request_duration_seconds';

function requestSamples({ route, classes }: RouteCounts): Sample[] {
  const samples: Sample[] = [];
  for (const [method, counts] of classes) {
    counts.forEach((value, digit) => {
      if (value > 0) samples.push({ labels: { route, method, status_class: `${digit}xx` }, value });
    });
  }
  return samples;
}

function durationSamples({ route, durations, totalMs }: RouteCounts): Sample[] {
  let sum = 0;
  const buckets = Array.from(durations, (count, index): Sample => {
    sum += count;
    const labels = { le: durationBounds[index] ?? '+Inf', route };
    return { metricName: `${duration}_bucket`, labels, value: sum };
  });
  return [
    ...buckets,
    { metricName: `${duration}_sum`, labels: { route }, value: totalMs / 1000 },
    { metricName: `${duration}_count`, labels: { route }, value: sum },
  ];
}
