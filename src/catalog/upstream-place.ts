import type { Session } from '../database/database.ts';
import { takeLock } from '../database/locks.ts';
import { forgetTwins } from './name-twins.ts';
import { forgetPins, purgeFiles } from './upstream-files.ts';
import { purgeResources } from './upstream-resources.ts';

/**
 * Whether an upstream still is at a URL, and stays so until the transaction ends: what came from another site must not be
 * kept, or pinned, as if it had come from this one.
 */
export async function isStillAt(tx: Session, upstreamId: number, url: string): Promise<boolean> {
  await takeLock(tx, 'upstreams', 'shared');
  const row = await tx.get<{ url: string | null }>('select url from upstream where id = ?', [upstreamId]);
  return row?.url === url;
}

/** Another site under the same upstream: forgets what is cached, and what was first seen there. */
export async function forgetSite(tx: Session, upstreamId: number): Promise<void> {
  await takeLock(tx, 'upstreams');
  await purgeFiles(tx, upstreamId);
  await purgeResources(tx, upstreamId);
  await forgetPins(tx, upstreamId);
  await forgetTwins(tx, upstreamId);
}
