import type { Session } from '../database/database.ts';

/** Remembers, for ever, that a name was published below the top-level group of a project. */
export async function claimName(
  tx: Session,
  claimed: { projectId: number; format: string; nameKey: string; namespace: string | null },
  now: number,
): Promise<void> {
  await tx.run(
    `insert into name_claim (namespace_id, format, name_key, namespace, created_at)
     select top.id, ?, ?, ?, ? from project p join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     where p.id = ?
     on conflict (namespace_id, format, name_key) do nothing`,
    [claimed.format, claimed.nameKey, claimed.namespace, now, claimed.projectId],
  );
}

export interface NameAsked {
  readonly format: string;
  readonly nameKey: string;
  /** Set where a namespace has one owner; `null` = only the name counts. */
  readonly namespace: string | null;
  /** Groups at the top whose names count. */
  readonly rootIds: readonly number[];
}

/** What makes a name ours, or `null`: it was published below one of the groups, or another one of its namespace was. */
export async function claimOn(session: Session, asked: NameAsked): Promise<'name' | 'namespace' | null> {
  if (asked.rootIds.length === 0) return null;
  const roots = asked.rootIds.map(() => '?').join(', ');
  const row = await session.get<{ nameKey: string }>(
    `select name_key as "nameKey" from name_claim where namespace_id in (${roots}) and format = ?
       and (name_key = ? or namespace = ?) order by case when name_key = ? then 0 else 1 end limit 1`,
    [...asked.rootIds, asked.format, asked.nameKey, asked.namespace, asked.nameKey],
  );
  if (row !== undefined) return row.nameKey === asked.nameKey ? 'name' : 'namespace';
  return (await liesBelow(session, asked, roots)) ? 'name' : null;
}

/** Projects that moved here brought names that nobody published here. */
async function liesBelow(session: Session, asked: NameAsked, roots: string): Promise<boolean> {
  const row = await session.get<{ id: number }>(
    `select package.id from package join project p on p.id = package.project_id
     join namespace n on n.id = p.namespace_id
     join namespace top on top.id in (${roots}) and n.lineage like top.lineage || '%'
     where package.format = ? and package.name_key = ? limit 1`,
    [...asked.rootIds, asked.format, asked.nameKey],
  );
  return row !== undefined;
}

/** The group at the top of a lineage: `/1/5/` → 1. */
export function rootIdOf(lineage: string): number {
  return Number(lineage.split('/')[1]);
}
