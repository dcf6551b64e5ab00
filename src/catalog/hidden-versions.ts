import type { Session } from '../database/database.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

/** A version of an upstream that a rule hid from somebody, or would have. */
export interface HiddenVersion {
  readonly id: number;
  readonly registryId: number;
  readonly upstreamId: number;
  readonly upstreamName: string;
  readonly nameKey: string;
  readonly name: string;
  /** Empty for a file that belongs to no version. */
  readonly version: string;
  readonly rule: string;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** How many answers it was missing from. */
  readonly times: number;
}

interface HiddenRow extends Omit<HiddenVersion, 'dryRun'> {
  readonly dryRun: 0 | 1;
}

const columns = `h.id, h.registry_id as "registryId", h.upstream_id as "upstreamId", u.name as "upstreamName",
  h.name_key as "nameKey", h.name, h.version, h.rule, h.reason, h.dry_run as "dryRun",
  h.first_seen_at as "firstSeenAt", h.last_seen_at as "lastSeenAt", h.times`;

/** How many are kept of a registry. */
const most = 10_000;

export type NewHiddenVersion = Omit<HiddenVersion, 'id' | 'upstreamName' | 'firstSeenAt'>;

/** One more row, or more of one that there is. Nothing for registries and upstreams that are gone. */
export function noteHidden(tx: Session, hidden: NewHiddenVersion): Promise<number> {
  return tx.run(
    `insert into hidden_version (registry_id, upstream_id, name_key, name, version, rule, reason, dry_run, first_seen_at,
       last_seen_at, times)
     select r.id, u.id, ?, ?, ?, ?, ?, ?, ?, ?, ? from virtual_registry r join upstream u on u.id = ? where r.id = ?
     on conflict (registry_id, upstream_id, name_key, version, rule) do update set reason = excluded.reason,
       name = excluded.name, dry_run = excluded.dry_run, last_seen_at = excluded.last_seen_at,
       times = hidden_version.times + excluded.times`,
    [
      hidden.nameKey,
      hidden.name,
      hidden.version,
      hidden.rule,
      hidden.reason,
      hidden.dryRun ? 1 : 0,
      hidden.lastSeenAt,
      hidden.lastSeenAt,
      hidden.times,
      hidden.upstreamId,
      hidden.registryId,
    ],
  );
}

/** Forgets those that were seen longest ago, beyond the limit. */
export function trimHidden(tx: Session, registryId: number, limit = most): Promise<number> {
  return tx.run(
    `delete from hidden_version where registry_id = ? and last_seen_at < (
       select min(kept.last_seen_at) from (select last_seen_at from hidden_version
         where registry_id = ? order by last_seen_at desc limit ?) kept)`,
    [registryId, registryId, limit],
  );
}

/** Forgets all of a registry. */
export function clearHidden(tx: Session, registryId: number): Promise<number> {
  return tx.run('delete from hidden_version where registry_id = ?', [registryId]);
}

export interface HiddenFilter {
  readonly registryId: number;
  /** Words in the name. */
  readonly search?: string | undefined;
  readonly rule?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A page of what was hidden, the latest first. */
export async function listHidden(
  session: Session,
  { registryId, search, rule, dryRun }: HiddenFilter,
  page: Pick<ListOptions, 'limit' | 'offset'>,
): Promise<Listing<HiddenVersion>> {
  const where: Condition[] = [{ sql: 'h.registry_id = ?', params: [registryId] }];
  if (search !== undefined && search !== '') where.push(contains(['h.name'], search));
  if (rule !== undefined) where.push({ sql: 'h.rule = ?', params: [rule] });
  if (dryRun !== undefined) where.push({ sql: 'h.dry_run = ?', params: [dryRun ? 1 : 0] });
  const query = {
    columns,
    from: 'hidden_version h join upstream u on u.id = h.upstream_id',
    where: both(...where),
    id: 'h.id',
    orderColumns: { seen: 'h.last_seen_at' },
  };
  const options = { ...page, order: { by: 'seen', direction: 'desc' } } as const;
  const { items, total } = await list<HiddenRow, 'seen'>(session, query, options);
  return { items: items.map((row) => ({ ...row, dryRun: row.dryRun === 1 })), total };
}
