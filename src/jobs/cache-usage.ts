import type { Database } from '../database/database.ts';
import { cacheBatches } from './sweep-cache.ts';

export interface CacheUsage {
  readonly files: number;
  readonly fileBytes: number;
  readonly documents: number;
  readonly documentBytes: number;
  /** When the entry that was longest without use was used last, milliseconds since the epoch; `null` = there is none. */
  readonly leastRecentUse: number | null;
}

/** How much is cached of some upstreams. Bytes that two entries share are counted for both. */
export async function cacheUsage(database: Database, upstreamIds: readonly number[]): Promise<CacheUsage> {
  const found = { file: { count: 0, bytes: 0 }, document: { count: 0, bytes: 0 } };
  let least: number | null = null;
  for (const id of upstreamIds) {
    for await (const { kind, entries } of cacheBatches(database, id)) {
      for (const { size, usedAt } of entries) {
        found[kind].count += 1;
        found[kind].bytes += size;
        least = Math.min(least ?? usedAt, usedAt);
      }
    }
  }
  const { file, document } = found;
  return {
    files: file.count,
    fileBytes: file.bytes,
    documents: document.count,
    documentBytes: document.bytes,
    leastRecentUse: least,
  };
}
