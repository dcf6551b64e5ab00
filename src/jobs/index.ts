import type { BlobStore } from '../blobs/blob-store.ts';
import { countTwins } from '../catalog/name-twins.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { CacheBounds } from './bound-cache.ts';
import { checkTwinsJob } from './check-twins-job.ts';
import { cleanCacheJob } from './clean-cache-job.ts';
import { collectGarbageJob } from './collect-garbage-job.ts';
import { countParkedJobs } from './queue.store.ts';
import { reapStagingJob } from './reap-staging.ts';
import { JobWorker } from './worker.ts';

export interface JobsOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly logger: Log['logger'];
  readonly metrics: Metrics;
  readonly now: () => number;
  /** Milliseconds; see `PACKYARD_BLOB_GRACE_HOURS`. */
  readonly blobGrace: number;
  /** See `PACKYARD_UPSTREAM_CACHE_DAYS` and `PACKYARD_UPSTREAM_CACHE_SIZE`. */
  readonly cacheBounds: CacheBounds;
  /** Asks other registries for a portion of the names of ours; see `registry/twin-check.ts`. */
  readonly checkTwins: (signal: AbortSignal) => Promise<void>;
}

/** All background work of the server: start it when the server listens, stop it before the database closes. */
export function createJobs(options: JobsOptions): JobWorker {
  const { database, logger, metrics, now } = options;
  const parked = 'Jobs that failed too often and wait for a person.';
  metrics.gauge('packyard_jobs_parked', parked, () => countParkedJobs(database), { shared: true });
  const twins = 'Names of groups that other registries have too.';
  metrics.gauge('packyard_name_twins', twins, () => countTwins(database), { shared: true });
  const kinds = [reapStagingJob(options), collectGarbageJob(options), checkTwinsJob(options), cleanCacheJob(options)];
  return new JobWorker({ database, kinds, logger, metrics, now });
}
