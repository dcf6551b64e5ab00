import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CachedUpstream,
  type CacheEntry,
  cacheEntriesAfter,
  type CacheKind,
  forgetCacheEntry,
} from '../catalog/cache-entries.ts';
import type { Database, Transaction } from '../database/database.ts';

/** Rows looked at in one statement, which blocks the event loop on SQLite: about two milliseconds. */
const rowsAtOnce = 500;
const kinds: readonly CacheKind[] = ['file', 'document'];

/** Looks at everything that is cached of an upstream, a batch at a time, and lets others work in between. */
export async function* cacheBatches(
  database: Database,
  upstreamId: number,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly kind: CacheKind; readonly entries: readonly CacheEntry[] }> {
  for (const kind of kinds) {
    for (let after = ''; ; ) {
      signal?.throwIfAborted();
      const entries = await cacheEntriesAfter(database, { upstreamId, kind, after }, rowsAtOnce);
      if (entries.length > 0) yield { kind, entries };
      if (entries.length < rowsAtOnce) break;
      after = entries.at(-1)?.key ?? after;
      await nextTurn();
    }
  }
}

export interface Swept {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Forgets what was not asked for since `before`, until `most` bytes are gone. The bytes themselves go by
 * collect-garbage, after its grace period: whoever reads one now reads it to the end.
 */
export async function sweepCache(
  database: Database,
  { id }: Pick<CachedUpstream, 'id'>,
  {
    before,
    most = Infinity,
    signal,
  }: { readonly before: number; readonly most?: number; readonly signal?: AbortSignal },
): Promise<Swept> {
  let swept: Swept = { entries: 0, bytes: 0 };
  for await (const { kind, entries } of cacheBatches(database, id, signal)) {
    const old = entries.filter(({ usedAt }) => usedAt < before);
    if (old.length === 0) continue;
    const room = most - swept.bytes;
    // Counted anew when the transaction is done again.
    const gone = await database.transaction((tx) => forgetAll(tx, { upstreamId: id, kind }, old, { before, room }));
    swept = { entries: swept.entries + gone.entries, bytes: swept.bytes + gone.bytes };
    if (swept.bytes >= most) break;
  }
  return swept;
}

async function forgetAll(
  tx: Transaction,
  of: { readonly upstreamId: number; readonly kind: CacheKind },
  old: readonly CacheEntry[],
  { before, room }: { readonly before: number; readonly room: number },
): Promise<Swept> {
  let [entries, bytes] = [0, 0];
  for (const { key, size } of old) {
    if (bytes >= room) break;
    if (!(await forgetCacheEntry(tx, { ...of, key }, before))) continue;
    entries += 1;
    bytes += size;
  }
  return { entries, bytes };
}
