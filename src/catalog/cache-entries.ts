import type { Session } from '../database/database.ts';

/** What is cached of an upstream: files, and the documents that say what there is (or that there is nothing). */
export type CacheKind = 'file' | 'document';

export interface CacheEntry {
  /** Names it within its upstream and kind. */
  readonly key: string;
  readonly size: number;
  /** When it was asked for last, or came, milliseconds since the epoch; of documents to within some hours. */
  readonly usedAt: number;
}

export interface CachedUpstream {
  readonly id: number;
  readonly namespaceId: number;
  readonly format: string;
}

/** Remote upstreams in the order of their numbers, of one group or of all. */
export function remoteUpstreams(session: Session, namespaceId: number | null): Promise<CachedUpstream[]> {
  const columns = 'u.id, u.namespace_id as "namespaceId", u.format';
  return namespaceId === null
    ? session.all<CachedUpstream>(`select ${columns} from upstream u where u.url is not null order by u.id`)
    : session.all<CachedUpstream>(
        `select ${columns} from upstream u where u.url is not null and u.namespace_id = ? order by u.id`,
        [namespaceId],
      );
}

const entries = {
  file: `select f.file_key as key, blob.size, f.last_used_at as "lastUsedAt", f.created_at as "since"
    from upstream_file f join blob on blob.sha256 = f.sha256
    where f.upstream_id = ? and f.file_key > ? order by f.file_key limit ?`,
  document: `select r.resource as key, coalesce(blob.size, 0) as size, r.used_at as "lastUsedAt", r.checked_at as "since"
    from upstream_resource r left join blob on blob.sha256 = r.sha256
    where r.upstream_id = ? and r.resource > ? order by r.resource limit ?`,
} as const;

/** Entries of an upstream in the order of their keys, after `after`. */
export async function cacheEntriesAfter(
  session: Session,
  of: { readonly upstreamId: number; readonly kind: CacheKind; readonly after: string },
  limit: number,
): Promise<CacheEntry[]> {
  const rows = await session.all<{ key: string; size: number; lastUsedAt: number | null; since: number }>(
    entries[of.kind],
    [of.upstreamId, of.after, limit],
  );
  return rows.map(({ key, size, lastUsedAt, since }) => ({ key, size, usedAt: Math.max(lastUsedAt ?? 0, since) }));
}

const removals = {
  file: `delete from upstream_file
    where upstream_id = ? and file_key = ? and created_at < ? and (last_used_at is null or last_used_at < ?)`,
  document: `delete from upstream_resource
    where upstream_id = ? and resource = ? and checked_at < ? and (used_at is null or used_at < ?)`,
} as const;

/** Forgets an entry unless it was used since `before`; what was first seen under its name stays pinned. */
export async function forgetCacheEntry(
  tx: Session,
  of: { readonly upstreamId: number; readonly kind: CacheKind; readonly key: string },
  before: number,
): Promise<boolean> {
  return (await tx.run(removals[of.kind], [of.upstreamId, of.key, before, before])) === 1;
}
