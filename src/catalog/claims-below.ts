import type { Session } from '../database/database.ts';

/** Whether one of the groups has, or had, a name that begins so. `prefix`: of keys, not empty. */
export async function hasClaimBelow(
  session: Session,
  asked: { readonly format: string; readonly prefix: string; readonly rootIds: readonly number[] },
): Promise<boolean> {
  const { format, prefix, rootIds } = asked;
  if (rootIds.length === 0) return false;
  const roots = rootIds.map(() => '?').join(', ');
  const row = await session.get<{ nameKey: string }>(
    `select name_key as "nameKey" from name_claim
     where namespace_id in (${roots}) and format = ? and name_key >= ? and name_key < ? limit 1`,
    [...rootIds, format, prefix, afterAll(prefix)],
  );
  return row !== undefined;
}

/** The first text after all that begin so: keys are compared as bytes. */
function afterAll(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** Groups and users at the top, by their numbers, after one. */
export async function topNamespaceIds(session: Session, after: number, limit: number): Promise<number[]> {
  const rows = await session.all<{ id: number }>(
    'select n.id from namespace n where n.parent_id is null and n.id > ? order by n.id limit ?',
    [after, limit],
  );
  return rows.map(({ id }) => id);
}
