import type { Database } from '../database/database.ts';
import type { Log } from '../lib/log.ts';
import { boundCache, type CacheBounds } from './bound-cache.ts';
import { runCleanupPolicies } from './run-cleanup-policies.ts';
import type { JobKind } from './worker.ts';

const hour = 3_600_000;

/** What upstreams gave goes when nobody asks for it: by the policies of groups, and by the bounds of the server. */
export function cleanCacheJob(options: {
  readonly database: Database;
  readonly logger: Log['logger'];
  readonly now: () => number;
  readonly cacheBounds: CacheBounds;
}): JobKind {
  const { database, logger, now, cacheBounds } = options;
  return {
    kind: 'clean-upstream-cache',
    every: hour,
    async run({ signal }) {
      await runCleanupPolicies({ database, logger, now, signal });
      const swept = await boundCache(database, cacheBounds, { now: now(), signal });
      if (swept.entries > 0) logger.info(swept, 'the cache of upstreams was brought within its bounds');
    },
  };
}
