import type { Session } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { claimMoved, handOverNames } from './moved-names.ts';
import { rootIdOf } from './name-claims.ts';
import { checkDepth, checkFits, depthOf, findParent, holdNamespace } from './namespace-changes.ts';
import type { Namespace } from './namespaces.ts';
import { checkPath, pathKey } from './paths.ts';
import { moveRoutes } from './routes.ts';

/**
 * Gives a group another path, another parent (`null` = the top), or both; full paths of everything below follow.
 * `already-exists`, `group-not-found`, `invalid-parameter`.
 */
export async function moveNamespace(
  tx: Session,
  { id }: Pick<Namespace, 'id'>,
  target: { readonly path?: string; readonly parentId?: number | null },
  now: number,
): Promise<void> {
  const namespace = await holdNamespace(tx, id);
  const path = target.path ?? namespace.path;
  const parentId = target.parentId === undefined ? namespace.parentId : target.parentId;
  checkPath(path, parentId === null ? 'top' : 'nested', namespace.kind === 'user' ? 'username' : 'path');
  const parent = parentId === null ? null : await findParent(tx, parentId);
  if (parent !== null && parentId !== namespace.parentId) await checkNewParent(tx, namespace, parent);
  const fullPath = parent === null ? path : `${parent.fullPath}/${path}`;
  const lineage = `${parent?.lineage ?? '/'}${namespace.id}/`;
  await moveRoutes(tx, namespace.fullPath, fullPath);
  await rewritePaths(tx, namespace, { fullPath, lineage });
  await tx.run('update namespace set path = ?, parent_id = ?, updated_at = ? where id = ?', [
    path,
    parentId,
    now,
    namespace.id,
  ]);
  const rootId = rootIdOf(lineage);
  if (rootId === rootIdOf(namespace.lineage)) return;
  await claimMoved(tx, { sql: 'n.lineage like ?', params: [`${lineage}%`] }, now);
  if (namespace.parentId === null) await handOverNames(tx, namespace.id, rootId);
}

async function rewritePaths(tx: Session, from: Namespace, to: { fullPath: string; lineage: string }): Promise<void> {
  const rest = from.fullPath.length + 1;
  const newPaths = [to.fullPath, rest, pathKey(to.fullPath), rest];
  const setPaths = 'full_path = ? || substr(full_path, ?), full_path_key = ? || substr(full_path_key, ?)';
  await tx.run(
    `update project set ${setPaths} where namespace_id in (select n.id from namespace n where n.lineage like ?)`,
    [...newPaths, `${from.lineage}%`],
  );
  await tx.run(`update namespace set ${setPaths}, lineage = ? || substr(lineage, ?) where lineage like ?`, [
    ...newPaths,
    to.lineage,
    from.lineage.length + 1,
    `${from.lineage}%`,
  ]);
}

async function checkNewParent(tx: Session, namespace: Namespace, parent: Namespace): Promise<void> {
  if (parent.lineage.startsWith(namespace.lineage)) {
    throw problem('invalid-parameter', 'A group can not be moved into itself.');
  }
  checkFits(namespace.visibility, parent);
  const below = await tx.all<{ lineage: string }>('select lineage from namespace where lineage like ?', [
    `${namespace.lineage}%`,
  ]);
  const height = Math.max(...below.map((row) => depthOf(row.lineage))) - depthOf(namespace.lineage) + 1;
  checkDepth(depthOf(parent.lineage) + height);
}
