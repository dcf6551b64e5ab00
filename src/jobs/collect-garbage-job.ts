import { collectGarbage } from './collect-garbage.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../database/database.ts';
import type { Log } from '../lib/log.ts';
import type { JobKind } from './worker.ts';

const hour = 3_600_000;

export function collectGarbageJob(options: {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly logger: Log['logger'];
  readonly now: () => number;
  readonly blobGrace: number;
}): JobKind {
  const { database, blobs, logger, now, blobGrace } = options;
  return {
    kind: 'collect-garbage',
    every: 6 * hour,
    async run({ signal }) {
      const collected = await collectGarbage({
        database,
        blobs,
        now,
        grace: blobGrace,
        dryRun: false,
        signal,
        onFailure: ({ sha256 }, error) => logger.warn({ err: error, sha256 }, 'a blob could not be removed'),
      });
      if (collected.removed + collected.marked > 0) logger.info(collected, 'collected garbage');
    },
  };
}
