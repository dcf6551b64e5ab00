import type { Session } from '../database/database.ts';

/** What one request to an upstream gave, as it is kept. */
export interface ResourceRow {
  readonly outcome: 'found' | 'absent';
  /** Of the text; `null` when there was none. */
  readonly sha256: string | null;
  /** JSON of `UpstreamAnswerHead`. */
  readonly head: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When the upstream last said so, milliseconds. */
  readonly checkedAt: number;
  readonly changedAt: number;
}

/** One that the cache has. */
export interface KnownResource extends ResourceRow {
  readonly resource: string;
  /** When it was last asked for, as far as that was written down; `null` = never. */
  readonly usedAt: number | null;
}

const columns = `outcome, sha256, head, etag, last_modified as "lastModified", checked_at as "checkedAt",
  changed_at as "changedAt"`;

/** Names that an upstream doesn't have are remembered up to this number; the oldest go. */
const mostAbsent = 10_000;

export function findResource(session: Session, upstreamId: number, resource: string): Promise<ResourceRow | undefined> {
  return session.get<ResourceRow>(`select ${columns} from upstream_resource where upstream_id = ? and resource = ?`, [
    upstreamId,
    resource,
  ]);
}

export function findResources(
  session: Session,
  upstreamId: number,
  resources: readonly string[],
): Promise<KnownResource[]> {
  const marks = resources.map(() => '?').join(', ');
  return session.all<KnownResource>(
    `select ${columns}, resource, used_at as "usedAt" from upstream_resource
     where upstream_id = ? and resource in (${marks})`,
    [upstreamId, ...resources],
  );
}

export function putResource(tx: Session, upstreamId: number, resource: string, row: ResourceRow): Promise<number> {
  return tx.run(
    `insert into upstream_resource
       (upstream_id, resource, outcome, sha256, head, etag, last_modified, checked_at, changed_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (upstream_id, resource) do update set outcome = excluded.outcome, sha256 = excluded.sha256,
       head = excluded.head, etag = excluded.etag, last_modified = excluded.last_modified,
       checked_at = excluded.checked_at, changed_at = excluded.changed_at`,
    [upstreamId, resource, row.outcome, row.sha256, row.head, row.etag, row.lastModified, row.checkedAt, row.changedAt],
  );
}

/** The upstream said that nothing changed. */
export function touchResource(tx: Session, upstreamId: number, resource: string, now: number): Promise<number> {
  return tx.run('update upstream_resource set checked_at = ? where upstream_id = ? and resource = ?', [
    now,
    upstreamId,
    resource,
  ]);
}

/** Writes down when documents were asked for last. */
export async function noteUses(
  tx: Session,
  uses: readonly { readonly upstreamId: number; readonly resource: string; readonly at: number }[],
): Promise<void> {
  for (const { upstreamId, resource, at } of uses) {
    await tx.run('update upstream_resource set used_at = ? where upstream_id = ? and resource = ?', [
      at,
      upstreamId,
      resource,
    ]);
  }
}

/** Forgets the oldest absences beyond the limit. */
export function trimAbsent(tx: Session, upstreamId: number, most = mostAbsent): Promise<number> {
  return tx.run(
    `delete from upstream_resource where upstream_id = ? and outcome = 'absent' and checked_at < (
       select min(kept.checked_at) from (select checked_at from upstream_resource
         where upstream_id = ? and outcome = 'absent' order by checked_at desc limit ?) kept)`,
    [upstreamId, upstreamId, most],
  );
}

export function purgeResources(tx: Session, upstreamId: number): Promise<number> {
  return tx.run('delete from upstream_resource where upstream_id = ?', [upstreamId]);
}
