import type { Session } from '../database/database.ts';
import { takeLock } from '../database/locks.ts';
import { problem } from '../problems/problem.ts';
import { blockBots } from './accounts.ts';
import { assignments } from './assignments.ts';
import { claimMoved } from './moved-names.ts';
import { rootIdOf } from './name-claims.ts';
import { checkFits } from './namespace-changes.ts';
import { findNamespace, type Namespace } from './namespaces.ts';
import { checkPath, pathKey } from './paths.ts';
import { findProject, type Project } from './projects.ts';
import { claimRoute, moveRoutes } from './routes.ts';
import { lockRow } from './row-locks.ts';
import type { PackagesAccess, Visibility } from './visibility.ts';

/** All of these want to run in a transaction. */

export interface NewProject {
  readonly namespaceId: number;
  readonly path: string;
  readonly name: string;
  readonly description?: string;
  readonly visibility: Visibility;
  readonly packagesAccess?: PackagesAccess;
}

/** `group-not-found` for an unknown namespace, `already-exists`, `invalid-parameter`. */
export async function createProject(tx: Session, wanted: NewProject, now: number): Promise<Project> {
  checkPath(wanted.path, 'nested');
  await takeLock(tx, 'places', 'shared');
  const namespace = await namespaceOf(tx, wanted.namespaceId);
  checkFits(wanted.visibility, namespace);
  const fullPath = `${namespace.fullPath}/${wanted.path}`;
  const description = wanted.description ?? '';
  const packagesAccess = wanted.packagesAccess ?? 'enabled';
  const { namespaceId, path, name, visibility } = wanted;
  const row = await tx.get<{ id: number }>(
    `insert into project (namespace_id, path, full_path, full_path_key, name, description, visibility, packages_access,
       created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (full_path_key) do nothing returning id`,
    [namespaceId, path, fullPath, pathKey(fullPath), name, description, visibility, packagesAccess, now, now],
  );
  if (row === undefined) throw problem('already-exists', 'Path has already been taken.');
  await claimRoute(tx, fullPath, { projectId: row.id });
  const { lineage } = namespace;
  return {
    id: row.id,
    namespaceId,
    path,
    fullPath,
    name,
    description,
    visibility,
    packagesAccess,
    lineage,
    createdAt: now,
    updatedAt: now,
  };
}

export interface ProjectChanges {
  readonly name?: string;
  readonly description?: string;
  readonly visibility?: Visibility;
  readonly packagesAccess?: PackagesAccess;
}

/** `invalid-parameter` when the new visibility is wider than the group's. */
export async function updateProject(
  tx: Session,
  { id }: Pick<Project, 'id'>,
  changes: ProjectChanges,
  now: number,
): Promise<void> {
  if (changes.visibility !== undefined) {
    const { namespaceId } = await holdProject(tx, id);
    checkFits(changes.visibility, await namespaceOf(tx, namespaceId));
  }
  const set = assignments({
    name: changes.name,
    description: changes.description,
    visibility: changes.visibility,
    packages_access: changes.packagesAccess,
    updated_at: now,
  });
  await tx.run(`update project set ${set.sql} where id = ?`, [...set.params, id]);
}

/** Gives a project another path, another namespace, or both. */
export async function moveProject(
  tx: Session,
  { id }: Pick<Project, 'id'>,
  target: { readonly path?: string; readonly namespaceId?: number },
  now: number,
): Promise<void> {
  const project = await holdProject(tx, id);
  const path = target.path ?? project.path;
  checkPath(path, 'nested');
  const namespace = await namespaceOf(tx, target.namespaceId ?? project.namespaceId);
  checkFits(project.visibility, namespace);
  const fullPath = `${namespace.fullPath}/${path}`;
  await moveRoutes(tx, project.fullPath, fullPath);
  await tx.run(
    'update project set path = ?, namespace_id = ?, full_path = ?, full_path_key = ?, updated_at = ? where id = ?',
    [path, namespace.id, fullPath, pathKey(fullPath), now, project.id],
  );
  if (rootIdOf(namespace.lineage) === rootIdOf(project.lineage)) return;
  await claimMoved(tx, { sql: 'p.id = ?', params: [project.id] }, now);
}

/** The project with its packages, members and tokens; `collect-garbage` takes the bytes that nothing refers to. */
export async function deleteProject(tx: Session, projectId: number, now: number): Promise<void> {
  await blockBots(tx, { sql: 'token.project_id = ?', params: [projectId] }, now);
  await tx.run('delete from project where id = ?', [projectId]);
}

/** The project as it is now; until the end of the transaction neither it nor what it lies in moves or goes. */
async function holdProject(tx: Session, id: number): Promise<Project> {
  await takeLock(tx, 'places', 'shared');
  await lockRow(tx, 'project', id);
  const project = await findProject(tx, id);
  if (project === undefined) throw problem('project-not-found');
  return project;
}

/** Under the lock on places, so that the namespace can't be renamed meanwhile. */
async function namespaceOf(tx: Session, id: number): Promise<Namespace> {
  const namespace = await findNamespace(tx, id);
  if (namespace === undefined) throw problem('group-not-found');
  return namespace;
}
