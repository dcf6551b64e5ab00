import { Problem } from '../problems/problem.ts';
import type { BlobStore } from './blob-store.ts';

/** The same store; `onFailure` is told the operation of each failure that is not the client's. */
export function watchBlobs(blobs: BlobStore, onFailure: (operation: 'stage' | 'open' | 'read') => void): BlobStore {
  const watched = async <T>(operation: 'stage' | 'open' | 'read', work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) onFailure(operation);
      throw error;
    }
  };
  return {
    stage: (body, options) => watched('stage', blobs.stage(body, options)),
    open: (sha256, range) => watched('open', blobs.open(sha256, range)),
    lend: (sha256, range) => watched('open', blobs.lend(sha256, range)),
    read: (sha256) => watched('read', blobs.read(sha256)),
    stat: (sha256) => blobs.stat(sha256),
    remove: (sha256) => blobs.remove(sha256),
    list: () => blobs.list(),
    reapStaging: (olderThan) => blobs.reapStaging(olderThan),
    probe: () => blobs.probe(),
    redirectFor: async (sha256, as) => (await blobs.redirectFor?.(sha256, as)) ?? null,
  };
}
