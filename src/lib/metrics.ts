import type { Registry } from 'prom-client';
import type { Family, Sample } from './metric-families.ts';
import type { Source } from './metrics-source.ts';
import { newRegistry, register, requestSources } from './metrics-source.ts';
import { RequestCounts } from './request-counts.ts';

/**
 * Counters of one process. Counting is adding to plain numbers; the Prometheus library is loaded, and its process metrics
 * begin, when the text is asked for the first time.
 */
export interface Metrics {
  /** One answered request. `route` is a template of bounded number, such as `npm GET /:name`. */
  request(route: string, method: string, status: number, milliseconds: number): void;
  published(format: string): void;
  /** One file was sent. */
  downloaded(): void;
  /** `cache`: `documents`, `files`. */
  cache(cache: string, outcome: 'hit' | 'miss'): void;
  /** The blob store failed at `operation` (`stage`, `open`, `read`), for a reason that is not the client's. */
  blobError(operation: string): void;
  /** A request to another registry ended: `found`, `absent`, `failed`, `not-allowed`. */
  upstream(outcome: string): void;
  /** A background job ended. */
  job(kind: string, outcome: 'done' | 'failed' | 'parked'): void;
  /**
   * A value that is read when the text is asked for: `packyard_cache_bytes`. `shared` when it is that of the database or
   * the blob store, so that every process would tell the same.
   */
  gauge(
    name: `packyard_${string}`,
    help: string,
    read: () => number | Promise<number>,
    options?: { readonly shared: boolean },
  ): void;
  /** Everything as objects, to be added to those of other processes. */
  families(): Promise<readonly Family[]>;
  /** Everything in Prometheus' text format, to be sent as `metricsMediaType`. */
  text(): Promise<string>;
}

export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8';

export function createMetrics(): Metrics {
  const requests = new RequestCounts();
  const sources: Source[] = [...requestSources(requests)];
  const publishes = counter(sources, 'packyard_publishes_total', 'Publishes that succeeded.', ['format']);
  const downloads = counter(sources, 'packyard_downloads_total', 'Files that were sent.', []);
  const caches = counter(sources, 'packyard_cache_requests_total', 'Look-ups in a cache.', ['cache', 'outcome']);
  const blobErrors = counter(sources, 'packyard_blob_errors_total', 'Failures of the blob store.', ['operation']);
  const upstreams = counter(sources, 'packyard_upstream_requests_total', 'Requests to other registries.', ['outcome']);
  const jobs = counter(sources, 'packyard_jobs_total', 'Background jobs that ended.', ['kind', 'outcome']);
  const exposition = new Exposition(sources);
  return {
    request: (route, method, status, milliseconds) => requests.add(route, method, status, milliseconds),
    published: publishes,
    downloaded: () => downloads(''),
    cache: (cache, outcome) => caches(`${cache}\n${outcome}`),
    blobError: blobErrors,
    upstream: upstreams,
    job: (kind, outcome) => jobs(`${kind}\n${outcome}`),
    gauge: (name, help, read, { shared } = { shared: false }) =>
      void sources.push({ type: 'gauge', name, help, shared, read: () => sampleOf(read) }),
    families: () => exposition.families(),
    text: () => exposition.text(),
  };
}

/** No sample where the value can't be read now: a database that is down must not hide all other metrics. */
async function sampleOf(read: () => number | Promise<number>): Promise<Sample[]> {
  try {
    return [{ labels: {}, value: await read() }];
  } catch {
    return [];
  }
}

/** Adds a counter; the function counts one for the values of its labels, joined with a line feed. */
function counter(sources: Source[], name: string, help: string, labels: readonly string[]): (values: string) => void {
  const counts = new Map<string, number>();
  sources.push({
    type: 'counter',
    name,
    help,
    read: () =>
      Array.from(counts, ([key, value]) => {
        const values = key.split('\n');
        return { labels: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), value };
      }),
  });
  return (values) => void counts.set(values, (counts.get(values) ?? 0) + 1);
}

/** Hands the sources to prom-client, those that were added since the last scrape too. */
class Exposition {
  readonly #sources: readonly Source[];
  #registry: Promise<Registry> | null = null;
  #registered = 0;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  async text(): Promise<string> {
    return (await this.#upToDate()).metrics();
  }

  async families(): Promise<readonly Family[]> {
    return (await (await this.#upToDate()).getMetricsAsJSON()) as unknown as readonly Family[];
  }

  async #upToDate(): Promise<Registry> {
    this.#registry ??= newRegistry();
    const registry = await this.#registry;
    for (const source of this.#sources.slice(this.#registered)) register(registry, source);
    this.#registered = this.#sources.length;
    return registry;
  }
}
