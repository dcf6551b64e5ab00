import { describe, expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

/** Sample lines of one metric, without those of others. */
async function samples(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

describe('createMetrics', () => {
  test('requests by route, method and class of status', async () => {
    const metrics = createMetrics();
    metrics.request('npm GET /:name', 'GET', 200, 3);
    metrics.request('npm GET /:name', 'GET', 200, 3000);
    metrics.request('npm GET /:name', 'HEAD', 404, 0.1);
    expect(await samples(metrics, 'packyard_http_requests_total')).toEqual([
      'packyard_http_requests_total{route="npm GET /:name",method="GET",status_class="2xx"} 2',
      'packyard_http_requests_total{route="npm GET /:name",method="HEAD",status_class="4xx"} 1',
    ]);
  });

  test('durations are a cumulative histogram in seconds', async () => {
    const metrics = createMetrics();
    for (const ms of [0.5, 1, 3, 99_000]) metrics.request('r', 'GET', 200, ms);
    const lines = await samples(metrics, 'packyard_http_request_duration_seconds');
    expect(lines).toContain('packyard_http_request_duration_seconds_bucket{le="0.001",route="r"} 2');
    expect(lines).toContain('packyard_http_request_duration_seconds_bucket{le="0.005",route="r"} 3');
    expect(lines).toContain('packyard_http_request_duration_seconds_bucket{le="10",route="r"} 3');
    expect(lines).toContain('packyard_http_request_duration_seconds_bucket{le="+Inf",route="r"} 4');
    expect(lines).toContain('packyard_http_request_duration_seconds_count{route="r"} 4');
    expect(lines).toContain('packyard_http_request_duration_seconds_sum{route="r"} 99.0045');
  });

  test('the counters of the registry', async () => {
    const metrics = createMetrics();
    metrics.published('npm');
    metrics.published('npm');
    metrics.downloaded();
    metrics.cache('documents', 'hit');
    metrics.blobError('commit');
    metrics.job('collect-garbage', 'done');
    const text = await metrics.text();
    expect(text).toContain('packyard_publishes_total{format="npm"} 2');
    expect(text).toContain('packyard_downloads_total 1');
    expect(text).toContain('packyard_cache_requests_total{cache="documents",outcome="hit"} 1');
    expect(text).toContain('packyard_blob_errors_total{operation="commit"} 1');
    expect(text).toContain('packyard_jobs_total{kind="collect-garbage",outcome="done"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  test('a gauge is read at each scrape, and may come late', async () => {
    const metrics = createMetrics();
    await metrics.text();
    let bytes = 1;
    metrics.gauge('packyard_cache_bytes', 'Bytes in caches.', () => bytes);
    expect(await samples(metrics, 'packyard_cache_bytes')).toEqual(['packyard_cache_bytes 1']);
    bytes = 2;
    expect(await samples(metrics, 'packyard_cache_bytes')).toEqual(['packyard_cache_bytes 2']);
  });

  test('routes stay bounded', async () => {
    const metrics = createMetrics();
    for (let index = 0; index < 1500; index += 1) metrics.request(`r${index}`, 'GET', 200, 1);
    expect((await samples(metrics, 'packyard_http_requests_total')).length).toBeLessThanOrEqual(1001);
    expect(await metrics.text()).toContain('{route="other",method="GET",status_class="2xx"} 500');
  });
});
