import type { Session } from '../database/database.ts';
import type { Condition } from './condition.ts';

/** Packages that come along with a project or group that moves: their names are the new group's too, from now on. */
export function claimMoved(tx: Session, below: Condition, now: number): Promise<number> {
  return tx.run(
    `insert into name_claim (namespace_id, format, name_key, namespace, look_alike, origin, created_at)
     select top.id, package.format, package.name_key, min(package.namespace), min(known.look_alike), 'moved', ?
     from package join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     join name_claim known on known.format = package.format and known.name_key = package.name_key
     where ${below.sql} group by top.id, package.format, package.name_key
     on conflict (namespace_id, format, name_key) do nothing`,
    [now, ...below.params],
  );
}

/** A group at the top that becomes part of another: what was claimed and reserved there is so in the other. */
export async function handOverNames(tx: Session, fromId: number, toId: number): Promise<void> {
  await tx.run(
    `insert into name_claim (namespace_id, format, name_key, namespace, look_alike, origin, created_at)
     select cast(? as bigint), c.format, c.name_key, c.namespace, c.look_alike, 'moved', c.created_at from name_claim c
     where c.namespace_id = ?
     on conflict (namespace_id, format, name_key) do nothing`,
    [toId, fromId],
  );
  await tx.run(
    `insert into reserved_name (namespace_id, format, pattern, pattern_key, exclusive, owner_project_id,
       owner_namespace_id, reason, created_at, updated_at)
     select cast(? as bigint), r.format, r.pattern, r.pattern_key, r.exclusive, r.owner_project_id, r.owner_namespace_id,
       r.reason, r.created_at, r.updated_at from reserved_name r where r.namespace_id = ?
     on conflict (namespace_id, format, pattern_key) do nothing`,
    [toId, fromId],
  );
}
