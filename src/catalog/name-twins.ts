import type { Session } from '../database/database.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

/** A name of a group that an upstream has too: what it has would be installed in its place if it were ever asked. */
export interface NameTwin {
  readonly id: number;
  readonly namespaceId: number;
  readonly upstreamId: number;
  readonly upstreamName: string;
  readonly format: string;
  readonly nameKey: string;
  readonly name: string;
  /** `cache`: it had been fetched before the name was ours; `check`: the upstream was asked. */
  readonly foundBy: 'cache' | 'check';
  /** `null` = not known. */
  readonly newestVersion: string | null;
  readonly versions: number | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

export type NewTwin = Omit<NameTwin, 'id' | 'upstreamName' | 'firstSeenAt' | 'lastSeenAt'>;

/** `true` when nobody knew of it. */
export async function putTwin(tx: Session, twin: NewTwin, now: number): Promise<boolean> {
  const { namespaceId, upstreamId, format, nameKey, name, foundBy, newestVersion, versions } = twin;
  const added = await tx.run(
    `insert into name_twin (namespace_id, upstream_id, format, name_key, name, found_by, newest_version, versions,
       first_seen_at, last_seen_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (namespace_id, upstream_id, name_key) do nothing`,
    [namespaceId, upstreamId, format, nameKey, name, foundBy, newestVersion, versions, now, now],
  );
  if (added > 0) return true;
  await tx.run(
    `update name_twin set last_seen_at = ?, newest_version = coalesce(?, newest_version), versions = coalesce(?, versions)
     where namespace_id = ? and upstream_id = ? and name_key = ?`,
    [now, newestVersion, versions, namespaceId, upstreamId, nameKey],
  );
  return false;
}

/** The upstream says that it has it no more. */
export function removeTwin(
  tx: Session,
  { namespaceId, upstreamId, nameKey }: Pick<NameTwin, 'namespaceId' | 'upstreamId' | 'nameKey'>,
): Promise<number> {
  return tx.run('delete from name_twin where namespace_id = ? and upstream_id = ? and name_key = ?', [
    namespaceId,
    upstreamId,
    nameKey,
  ]);
}

/** Another site under the same upstream: what the one before had says nothing any more. */
export function forgetTwins(tx: Session, upstreamId: number): Promise<number> {
  return tx.run('delete from name_twin where upstream_id = ?', [upstreamId]);
}

/** The ones that were seen last come first. */
export function listTwins(
  session: Session,
  of: { readonly namespaceId: number; readonly format: string },
  { limit, offset }: ListOptions,
): Promise<Listing<NameTwin>> {
  return list<NameTwin, 'firstSeen'>(
    session,
    {
      columns: `t.id, t.namespace_id as "namespaceId", t.upstream_id as "upstreamId", u.name as "upstreamName", t.format,
        t.name_key as "nameKey", t.name, t.found_by as "foundBy", t.newest_version as "newestVersion", t.versions,
        t.first_seen_at as "firstSeenAt", t.last_seen_at as "lastSeenAt"`,
      from: 'name_twin t join upstream u on u.id = t.upstream_id',
      where: { sql: 't.namespace_id = ? and t.format = ?', params: [of.namespaceId, of.format] },
      id: 't.id',
      orderColumns: { firstSeen: 't.first_seen_at' },
    },
    { limit, offset, order: { by: 'firstSeen', direction: 'desc' } },
  );
}

/** Of all groups. */
export async function countTwins(session: Session): Promise<number> {
  const row = await session.get<{ total: number }>('select count(*) as total from name_twin');
  return row?.total ?? 0;
}

/** A name that files of an upstream are cached under. */
export interface CachedName {
  readonly upstreamId: number;
  readonly nameKey: string;
  readonly name: string;
}

/** Upstreams of a group, remote ones. */
export async function remoteUpstreamIds(
  session: Session,
  of: { readonly namespaceId: number; readonly format: string },
): Promise<number[]> {
  const rows = await session.all<{ id: number }>(
    'select u.id from upstream u where u.namespace_id = ? and u.format = ? and u.url is not null order by u.id',
    [of.namespaceId, of.format],
  );
  return rows.map(({ id }) => id);
}

/** Names from `from` on, up to `to`, that files of one upstream are cached under, and those of a namespace. */
export function cachedNames(
  session: Session,
  of: { readonly upstreamId: number; readonly from: string; readonly to: string },
): Promise<CachedName[]> {
  return session.all<CachedName>(
    `select f.upstream_id as "upstreamId", f.name_key as "nameKey", min(f.name) as name from upstream_file f
     where f.upstream_id = ? and f.name_key >= ? and f.name_key < ?
     group by f.upstream_id, f.name_key order by f.name_key limit 100`,
    [of.upstreamId, of.from, of.to],
  );
}

/** Claimed names of all groups that files of their upstreams are cached under, and of which no twin is known. */
export function unnoticedTwins(session: Session, limit: number): Promise<UnnoticedTwin[]> {
  return session.all<UnnoticedTwin>(
    `select u.id as "upstreamId", c.name_key as "nameKey", c.namespace_id as "namespaceId", c.format
     from name_claim c join upstream u on u.namespace_id = c.namespace_id and u.format = c.format
     where exists (select 1 from upstream_file f where f.upstream_id = u.id and f.name_key = c.name_key)
       and not exists (select 1 from name_twin t
         where t.namespace_id = c.namespace_id and t.upstream_id = u.id and t.name_key = c.name_key)
     limit ?`,
    [limit],
  );
}

export type UnnoticedTwin = Pick<NameTwin, 'upstreamId' | 'nameKey' | 'namespaceId' | 'format'>;
