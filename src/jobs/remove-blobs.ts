import type { BlobStore } from '../blobs/blob-store.ts';
import { collectorLifetime, noteCollection } from '../catalog/blob-claims.ts';
import type { Database, Transaction } from '../database/database.ts';
import { doomOrphan, doomUnknown, forget, takeOver } from './collect-garbage.store.ts';

/** Bytes that nothing refers to. */
export interface Garbage {
  readonly sha256: string;
  readonly size: number;
  /** No file has named it for the grace period; no row knows it; or an earlier collection did not finish. */
  readonly reason: 'unreferenced' | 'unknown' | 'unfinished';
}

export interface RemoveOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
  /** Rows marked at this time or before may go. */
  readonly cutoff: number;
  /** Called before the bytes are removed; a rejection leaves them. */
  readonly beforeRemoval?: ((garbage: Garbage) => Promise<void>) | undefined;
  /** Called when bytes could not be removed; the next collection tries again. */
  readonly onFailure: (garbage: Garbage, error: unknown) => void;
  /** For tests: what happens between the steps. */
  readonly between?: { doomed?(): Promise<void>; removed?(): Promise<void> } | undefined;
}

/** So far below `collectorLifetime` that clocks may differ by minutes. */
const patience = collectorLifetime / 10;

/**
 * Removes bytes for good, and returns what was removed. First a transaction dooms the rows, asking once more whether
 * anything refers to them; then the bytes go; then a transaction removes the rows. In between no publish can take them
 * (`catalog/blob-claims.ts`). Give it few at a time: a publish of the same bytes waits for all.
 */
export async function removeBlobs(batch: readonly Garbage[], options: RemoveOptions): Promise<readonly Garbage[]> {
  const { database, now, between } = options;
  const doomedAt = now();
  const doomed = await database.transaction((tx) => doomAll(tx, batch, options.cutoff, doomedAt));
  await between?.doomed?.();
  const removed = await removeBytes(doomed, options, () => Math.abs(now() - doomedAt) < patience);
  await between?.removed?.();
  if (removed.length > 0) {
    await database.transaction(async (tx) => {
      for (const { sha256 } of removed) await forget(tx, sha256, doomedAt);
      await noteCollection(tx);
    });
  }
  return removed;
}

async function doomAll(tx: Transaction, batch: readonly Garbage[], cutoff: number, now: number): Promise<Garbage[]> {
  const doomed: Garbage[] = [];
  for (const garbage of batch) if (await doom(tx, garbage, cutoff, now)) doomed.push(garbage);
  return doomed;
}

function doom(tx: Transaction, garbage: Garbage, cutoff: number, now: number): Promise<boolean> {
  const { sha256, reason } = garbage;
  if (reason === 'unreferenced') return doomOrphan(tx, sha256, cutoff, now);
  if (reason === 'unknown') return doomUnknown(tx, garbage, now);
  return takeOver(tx, sha256, now - collectorLifetime, now);
}

/** Leaves the rest to a later collection when it takes so long that this one may be taken for dead. */
async function removeBytes(
  doomed: readonly Garbage[],
  { blobs, beforeRemoval, onFailure }: RemoveOptions,
  inTime: () => boolean,
): Promise<Garbage[]> {
  const started = performance.now();
  const removed: Garbage[] = [];
  for (const garbage of doomed) {
    try {
      await beforeRemoval?.(garbage);
      if (!inTime() || performance.now() - started > patience) break;
      await blobs.remove(garbage.sha256);
      removed.push(garbage);
    } catch (error) {
      onFailure(garbage, error);
    }
  }
  return removed;
}
