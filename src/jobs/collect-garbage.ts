import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BlobInfo, BlobStore } from '../blobs/blob-store.ts';
import { collectorLifetime } from '../catalog/blob-claims.ts';
import type { Database } from '../database/database.ts';
import type { BlobRow } from './collect-garbage.store.ts';
import { blobRowsAfter, clearMark, knownBlobs, markOrphan } from './collect-garbage.store.ts';
import type { Garbage, RemoveOptions } from './remove-blobs.ts';
import { removeBlobs } from './remove-blobs.ts';

export type { Garbage } from './remove-blobs.ts';

export interface CollectOptions extends Pick<RemoveOptions, 'between' | 'beforeRemoval' | 'onFailure'> {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
  /** Milliseconds that bytes must have been without a reference. */
  readonly grace: number;
  /** Changes nothing, and tells what would be removed. */
  readonly dryRun: boolean;
  /** Told of each blob that was removed (or would be). */
  readonly onGarbage?: (garbage: Garbage) => void;
  readonly signal?: AbortSignal;
}

export interface Collected {
  /** Rows that nothing refers to, newly found: the grace period begins. */
  readonly marked: number;
  readonly removed: number;
  readonly removedBytes: number;
}

/** Rows looked at in one statement, which blocks the event loop on SQLite: about two milliseconds. */
const rowsAtOnce = 500;
/** Blobs removed together: a publish of the same bytes waits for all of them. */
const removedAtOnce = 50;

/**
 * Removes bytes that no file has named for the grace period, in two phases: a first run marks, a later one removes. Also
 * bytes that no row knows, left by publishes that crashed. Safe at any time and in several processes; see
 * `docs/decisions/0010-removing-bytes.md`.
 */
export async function collectGarbage(options: CollectOptions): Promise<Collected> {
  const collection = new Collection(options);
  await collection.rows();
  await collection.unknownBytes();
  return collection.result();
}

class Collection {
  readonly #options: CollectOptions;
  readonly #cutoff: number;
  #marked = 0;
  #removed = 0;
  #removedBytes = 0;

  constructor(options: CollectOptions) {
    this.#options = options;
    this.#cutoff = options.now() - options.grace;
  }

  result(): Collected {
    return { marked: this.#marked, removed: this.#removed, removedBytes: this.#removedBytes };
  }

  async rows(): Promise<void> {
    for (let key = ''; ; ) {
      const rows = await blobRowsAfter(this.#options.database, key, rowsAtOnce);
      const last = rows.at(-1);
      if (last === undefined) return;
      key = last.sha256;
      await this.#mark(rows);
      await this.#remove(rows.flatMap((row) => this.#judge(row)));
      await nextTurn();
    }
  }

  async unknownBytes(): Promise<void> {
    let batch: BlobInfo[] = [];
    for await (const blob of this.#options.blobs.list()) {
      batch.push(blob);
      if (batch.length < rowsAtOnce) continue;
      await this.#removeUnknown(batch);
      batch = [];
    }
    await this.#removeUnknown(batch);
  }

  #judge({ sha256, size, orphanedAt, doomedAt, referenced }: BlobRow): Garbage[] {
    if (doomedAt !== null) {
      const dead = doomedAt <= this.#options.now() - collectorLifetime;
      return dead ? [{ sha256, size, reason: 'unfinished' }] : [];
    }
    const old = orphanedAt !== null && orphanedAt <= this.#cutoff && referenced === 0;
    return old ? [{ sha256, size, reason: 'unreferenced' }] : [];
  }

  async #mark(rows: readonly BlobRow[]): Promise<void> {
    const { dryRun, database, now } = this.#options;
    const orphans = rows.filter((row) => row.referenced === 0 && row.orphanedAt === null && row.doomedAt === null);
    const wronglyMarked = rows.filter((row) => row.referenced === 1 && row.orphanedAt !== null);
    if (dryRun || orphans.length + wronglyMarked.length === 0) return;
    this.#marked += await database.transaction(async (tx) => {
      let marked = 0;
      for (const { sha256 } of orphans) marked += await markOrphan(tx, sha256, now());
      for (const { sha256 } of wronglyMarked) await clearMark(tx, sha256);
      return marked;
    });
  }

  async #removeUnknown(batch: readonly BlobInfo[]): Promise<void> {
    const [first, last] = [batch[0], batch.at(-1)];
    if (first === undefined || last === undefined) return;
    const known = await knownBlobs(this.#options.database, first.sha256, last.sha256);
    const unknown = batch.filter(({ sha256, modifiedAt }) => !known.has(sha256) && modifiedAt <= this.#cutoff);
    await this.#remove(unknown.map(({ sha256, size }) => ({ sha256, size, reason: 'unknown' })));
    await nextTurn();
  }

  async #remove(garbage: readonly Garbage[]): Promise<void> {
    for (let start = 0; start < garbage.length; start += removedAtOnce) {
      this.#options.signal?.throwIfAborted();
      const batch = garbage.slice(start, start + removedAtOnce);
      const removed = this.#options.dryRun
        ? batch
        : await removeBlobs(batch, { ...this.#options, cutoff: this.#cutoff });
      for (const each of removed) this.#count(each);
    }
    this.#options.signal?.throwIfAborted();
  }

  #count(garbage: Garbage): void {
    this.#removed += 1;
    this.#removedBytes += garbage.size;
    this.#options.onGarbage?.(garbage);
  }
}
