import type { Session } from '../database/database.ts';
import { takeLock } from '../database/locks.ts';
import { problem } from '../problems/problem.ts';
import { blockBots } from './accounts.ts';
import { assignments } from './assignments.ts';
import { findNamespace, type Namespace } from './namespaces.ts';
import { checkPath, pathKey } from './paths.ts';
import { claimRoute } from './routes.ts';
import { fitsInside, type Visibility } from './visibility.ts';

/** Levels of groups, as in GitLab. */
const deepest = 20;

/** All of these want to run in a transaction. */

export interface NewGroup {
  /** `null` = at the top. */
  readonly parentId: number | null;
  readonly path: string;
  readonly name: string;
  readonly description?: string;
  readonly visibility: Visibility;
}

/** `group-not-found` for an unknown parent, `already-exists`, `invalid-parameter`. */
export async function createGroup(tx: Session, wanted: NewGroup, now: number): Promise<Namespace> {
  checkPath(wanted.path, wanted.parentId === null ? 'top' : 'nested');
  await takeLock(tx, 'places', 'shared');
  const parent = wanted.parentId === null ? null : await findParent(tx, wanted.parentId);
  if (parent !== null) {
    checkDepth(depthOf(parent.lineage) + 1);
    checkFits(wanted.visibility, parent);
  }
  return insertNamespace(tx, { ...wanted, kind: 'group', ownerId: null }, parent, now);
}

/** The space of a user; everybody may see that it exists, as everybody may see the user. */
export async function createUserNamespace(
  tx: Session,
  user: { readonly id: number; readonly username: string; readonly name: string },
  now: number,
): Promise<Namespace> {
  checkPath(user.username, 'top', 'username');
  await takeLock(tx, 'places', 'shared');
  const wanted = {
    kind: 'user',
    ownerId: user.id,
    path: user.username,
    name: user.name,
    visibility: 'public',
  } as const;
  return insertNamespace(tx, wanted, null, now);
}

async function insertNamespace(
  tx: Session,
  wanted: Omit<NewGroup, 'parentId'> & { readonly kind: 'group' | 'user'; readonly ownerId: number | null },
  parent: Namespace | null,
  now: number,
): Promise<Namespace> {
  const fullPath = parent === null ? wanted.path : `${parent.fullPath}/${wanted.path}`;
  const parentId = parent?.id ?? null;
  const description = wanted.description ?? '';
  const { kind, ownerId, path, name, visibility } = wanted;
  const row = await tx.get<{ id: number }>(
    `insert into namespace (kind, parent_id, owner_id, path, full_path, full_path_key, name, description, visibility,
       lineage, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)
     on conflict (full_path_key) do nothing returning id`,
    [kind, parentId, ownerId, path, fullPath, pathKey(fullPath), name, description, visibility, now, now],
  );
  if (row === undefined) throw problem('already-exists', 'Path has already been taken.');
  const lineage = `${parent?.lineage ?? '/'}${row.id}/`;
  await tx.run('update namespace set lineage = ? where id = ?', [lineage, row.id]);
  await claimRoute(tx, fullPath, { namespaceId: row.id });
  return {
    id: row.id,
    kind,
    parentId,
    ownerId,
    path,
    fullPath,
    name,
    description,
    visibility,
    lineage,
    createdAt: now,
    updatedAt: now,
  };
}

export interface NamespaceChanges {
  readonly name?: string;
  readonly description?: string;
  readonly visibility?: Visibility;
}

/** `invalid-parameter` when the new visibility is wider than the parent's, or narrower than something inside. */
export async function updateNamespace(
  tx: Session,
  { id }: Pick<Namespace, 'id'>,
  changes: NamespaceChanges,
  now: number,
): Promise<void> {
  if (changes.visibility !== undefined) {
    const namespace = await holdNamespace(tx, id);
    if (namespace.visibility !== changes.visibility) await checkVisibility(tx, namespace, changes.visibility);
  }
  const set = assignments({
    name: changes.name,
    description: changes.description,
    visibility: changes.visibility,
    updated_at: now,
  });
  await tx.run(`update namespace set ${set.sql} where id = ?`, [...set.params, id]);
}

async function checkVisibility(tx: Session, namespace: Namespace, visibility: Visibility): Promise<void> {
  const parent = namespace.parentId === null ? null : await findNamespace(tx, namespace.parentId);
  if (parent) checkFits(visibility, parent);
  await checkContentFits(tx, namespace.lineage, visibility);
}

/** `unprocessable` when something is in it, unless `cascade`: then all that goes too, packages included. */
export async function deleteNamespace(
  tx: Session,
  { id }: Pick<Namespace, 'id'>,
  options: { readonly cascade: boolean },
  now: number,
): Promise<void> {
  const namespace = await holdNamespace(tx, id);
  const inside = await tx.get<{ found: number }>(
    `select 1 as found from namespace where parent_id = ?
     union all select 1 as found from project where namespace_id = ? limit 1`,
    [namespace.id, namespace.id],
  );
  if (inside !== undefined && !options.cascade) {
    throw problem('unprocessable', `'${namespace.fullPath}' is not empty: remove its projects and subgroups first.`);
  }
  const within = 'in (select n.id from namespace n where n.lineage like ?)';
  const pattern = `${namespace.lineage}%`;
  const projects = `token.project_id in (select p.id from project p where p.namespace_id ${within})`;
  await blockBots(tx, { sql: `(token.namespace_id ${within} or ${projects})`, params: [pattern, pattern] }, now);
  await tx.run(`delete from project where namespace_id ${within}`, [pattern]);
  await tx.run('delete from namespace where lineage like ?', [pattern]);
}

/**
 * The namespace as it is now, and until the end of the transaction nobody makes, moves or removes anything in the tree.
 * `group-not-found` when it is gone.
 */
export async function holdNamespace(tx: Session, id: number): Promise<Namespace> {
  await takeLock(tx, 'places');
  const namespace = await findNamespace(tx, id);
  if (namespace === undefined) throw problem('group-not-found');
  return namespace;
}

/** Under the lock on places, so that the parent can't be renamed meanwhile. */
export async function findParent(tx: Session, id: number): Promise<Namespace> {
  const parent = await findNamespace(tx, id);
  if (parent === undefined) throw problem('group-not-found');
  if (parent.kind === 'user') throw problem('invalid-parameter', 'parent_id names a user: users can not hold groups.');
  return parent;
}

export function depthOf(lineage: string): number {
  return lineage.split('/').length - 2;
}

export function checkDepth(depth: number): void {
  if (depth > deepest) throw problem('invalid-parameter', `Groups can be nested ${deepest} levels deep, not deeper.`);
}

export function checkFits(visibility: Visibility, parent: Namespace): void {
  if (fitsInside(visibility, parent.visibility)) return;
  throw problem(
    'invalid-parameter',
    `visibility ${visibility} is not allowed: the group '${parent.fullPath}' is ${parent.visibility}.`,
  );
}

async function checkContentFits(tx: Session, lineage: string, visibility: Visibility): Promise<void> {
  const content = await tx.all<{ visibility: Visibility }>(
    `select distinct visibility from namespace where lineage like ?
     union select distinct p.visibility from project p join namespace n on n.id = p.namespace_id where n.lineage like ?`,
    [`${lineage}_%`, `${lineage}%`],
  );
  const wider = content.find((row) => !fitsInside(row.visibility, visibility));
  if (wider === undefined) return;
  throw problem(
    'invalid-parameter',
    `visibility ${visibility} is not allowed: something in the group is ${wider.visibility}.`,
  );
}
