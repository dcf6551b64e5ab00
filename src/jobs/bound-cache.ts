import { type CachedUpstream, remoteUpstreams } from '../catalog/cache-entries.ts';
import type { Database } from '../database/database.ts';
import { cacheBatches, type Swept, sweepCache } from './sweep-cache.ts';

const day = 24 * 3_600_000;
/** What was used within this time stays, however little room there is. */
const spared = 3_600_000;
/** Entries are ordered by their last use to this precision, so that no list of them is held in memory. */
const precision = 5 * 60_000;

export interface CacheBounds {
  /** Days after the last use; `null` = for ever. */
  readonly days: number | null;
  /** Bytes of all upstreams together; `null` = no bound. */
  readonly bytes: number | null;
}

/** Keeps what is cached of all upstreams within bounds: first by age, then the longest unused first. */
export async function boundCache(
  database: Database,
  { days, bytes }: CacheBounds,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<Swept> {
  const upstreams = days === null && bytes === null ? [] : await remoteUpstreams(database, null);
  let swept = none;
  if (days !== null) swept = await sweepAll(database, upstreams, { before: now - days * day, signal });
  if (bytes === null) return swept;
  const { total, perAge } = await measure(database, upstreams, signal);
  for (const { before, most } of cuts(perAge, total - bytes, now - spared)) {
    swept = plus(swept, await sweepAll(database, upstreams, { before, most, signal }));
  }
  return swept;
}

const none: Swept = { entries: 0, bytes: 0 };

async function measure(
  database: Database,
  upstreams: readonly CachedUpstream[],
  signal: AbortSignal,
): Promise<{ readonly total: number; readonly perAge: ReadonlyMap<number, number> }> {
  const perAge = new Map<number, number>();
  let total = 0;
  for (const { id } of upstreams) {
    for await (const { entries } of cacheBatches(database, id, signal)) {
      for (const { size, usedAt } of entries) {
        const age = Math.floor(usedAt / precision);
        perAge.set(age, (perAge.get(age) ?? 0) + size);
        total += size;
      }
    }
  }
  return { total, perAge };
}

/**
 * What to sweep so that `excess` bytes go: everything that was last used before some time, and of the next five minutes as much
 * as is needed besides.
 */
export function cuts(
  perAge: ReadonlyMap<number, number>,
  excess: number,
  latest: number,
): readonly { readonly before: number; readonly most: number }[] {
  if (excess <= 0) return [];
  let gone = 0;
  for (const [age, bytes] of [...perAge].toSorted(([a], [b]) => a - b)) {
    const [begin, end] = [age * precision, (age + 1) * precision];
    if (end > latest) return gone === 0 ? [] : [{ before: Math.min(begin, latest), most: Infinity }];
    if (gone + bytes < excess) {
      gone += bytes;
      continue;
    }
    const rest = { before: end, most: excess - gone };
    return gone === 0 ? [rest] : [{ before: begin, most: Infinity }, rest];
  }
  return [{ before: latest, most: Infinity }];
}

async function sweepAll(
  database: Database,
  upstreams: readonly CachedUpstream[],
  { before, most = Infinity, signal }: { before: number; most?: number; signal: AbortSignal },
): Promise<Swept> {
  let swept = none;
  for (const upstream of upstreams) {
    if (swept.bytes >= most) break;
    swept = plus(swept, await sweepCache(database, upstream, { before, most: most - swept.bytes, signal }));
  }
  return swept;
}

function plus(a: Swept, b: Swept): Swept {
  return { entries: a.entries + b.entries, bytes: a.bytes + b.bytes };
}
