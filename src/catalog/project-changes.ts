import type { Session } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { blockBots } from './accounts.ts';
import { assignments } from './assignments.ts';
import { checkFits } from './namespace-changes.ts';
import { findNamespace, type Namespace } from './namespaces.ts';
import { checkPath, pathKey } from './paths.ts';
import type { Project } from './projects.ts';
import { claimRoute, moveRoutes } from './routes.ts';
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
  const namespace = await lockNamespace(tx, wanted.namespaceId);
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
  project: Project,
  changes: ProjectChanges,
  now: number,
): Promise<void> {
  if (changes.visibility !== undefined) checkFits(changes.visibility, await lockNamespace(tx, project.namespaceId));
  const set = assignments({
    name: changes.name,
    description: changes.description,
    visibility: changes.visibility,
    packages_access: changes.packagesAccess,
    updated_at: now,
  });
  await tx.run(`update project set ${set.sql} where id = ?`, [...set.params, project.id]);
}

/** Gives a project another path, another namespace, or both. */
export async function moveProject(
  tx: Session,
  project: Project,
  target: { readonly path?: string; readonly namespaceId?: number },
  now: number,
): Promise<void> {
  const path = target.path ?? project.path;
  checkPath(path, 'nested');
  const namespace = await lockNamespace(tx, target.namespaceId ?? project.namespaceId);
  checkFits(project.visibility, namespace);
  const fullPath = `${namespace.fullPath}/${path}`;
  await moveRoutes(tx, project.fullPath, fullPath);
  await tx.run(
    'update project set path = ?, namespace_id = ?, full_path = ?, full_path_key = ?, updated_at = ? where id = ?',
    [path, namespace.id, fullPath, pathKey(fullPath), now, project.id],
  );
}

/** The project with its packages, members and tokens; `collect-garbage` takes the bytes that nothing refers to. */
export async function deleteProject(tx: Session, projectId: number, now: number): Promise<void> {
  await blockBots(tx, { sql: 'token.project_id = ?', params: [projectId] }, now);
  await tx.run('delete from project where id = ?', [projectId]);
}

/** Locks the row (an update does so in every engine), so that the namespace can't be renamed meanwhile. */
async function lockNamespace(tx: Session, id: number): Promise<Namespace> {
  await tx.run('update namespace set updated_at = updated_at where id = ?', [id]);
  const namespace = await findNamespace(tx, id);
  if (namespace === undefined) throw problem('group-not-found');
  return namespace;
}
