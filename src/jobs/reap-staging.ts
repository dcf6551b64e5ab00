import type { BlobStore } from '../blobs/blob-store.ts';
import type { Log } from '../lib/log.ts';
import type { JobKind } from './worker.ts';

const hour = 3_600_000;

/** No upload lasts a day: what is older was left by a process that died. */
const leftoverAge = 24 * hour;

export function reapStagingJob(options: {
  readonly blobs: BlobStore;
  readonly logger: Pick<Log['logger'], 'info'>;
}): JobKind {
  const { blobs, logger } = options;
  return {
    kind: 'reap-staging',
    every: hour,
    atStart: true,
    async run() {
      // Files are dated by the machine's clock, which a test's own clock knows nothing of.
      const reaped = await blobs.reapStaging(Date.now() - leftoverAge);
      if (reaped > 0) logger.info({ reaped }, 'removed leftovers of unfinished uploads');
    },
  };
}
