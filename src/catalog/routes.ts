import { type Session, UniqueViolation } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { pathKey } from './paths.ts';

/** The one space of full paths that groups, users and projects share. */

type Owner = { readonly namespaceId: number } | { readonly projectId: number };

/** `already-exists` when a group, user or project has the path. */
export async function claimRoute(tx: Session, fullPath: string, owner: Owner): Promise<void> {
  await unlessTaken(
    tx.run('insert into route (path_key, namespace_id, project_id) values (?, ?, ?)', [
      pathKey(fullPath),
      'namespaceId' in owner ? owner.namespaceId : null,
      'projectId' in owner ? owner.projectId : null,
    ]),
  );
}

/** Renames a path and everything below it. Call it before the namespaces and projects themselves change. */
export async function moveRoutes(tx: Session, from: string, to: string): Promise<void> {
  const [fromKey, toKey] = [pathKey(from), pathKey(to)];
  if (fromKey === toKey) return;
  const below = `${fromKey.replace(/[\\%_]/g, '\\$&')}/%`;
  await unlessTaken(
    tx.run(`update route set path_key = ? || substr(path_key, ?) where path_key = ? or path_key like ? escape '\\'`, [
      toKey,
      fromKey.length + 1,
      fromKey,
      below,
    ]),
  );
}

async function unlessTaken(statement: Promise<number>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    if (error instanceof UniqueViolation) throw problem('already-exists', 'Path has already been taken.');
    throw error;
  }
}
