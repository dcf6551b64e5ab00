import { permitOnGroup } from '../access/permit.ts';
import { developer } from '../access/caller.ts';
import { findAccountNamed } from '../catalog/accounts.ts';
import { both } from '../catalog/condition.ts';
import { findGroup } from '../catalog/namespaces.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import { roleOf } from '../catalog/roles.ts';
import { namePage, packageNames } from '../catalog/search.ts';
import type { PackageName, PackageRef } from '../formats/format.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { sourcesOf } from './resolve.ts';
import { visibleHere } from './search.ts';

const most = 10_000;

/** A page of the names that this mount shows to the caller. */
export function names(
  binding: Binding,
  page: { readonly after?: string; readonly limit: number },
): Promise<readonly PackageName[]> {
  return namePage(binding.services.database, { format: binding.format.id, visible: visibleHere(binding), ...page });
}

/** What a user may do with the packages of this mount that the caller may see; `null` for an unknown user. */
export async function packagesOfUser(binding: Binding, username: string): Promise<readonly PackageRef[] | null> {
  const { database } = binding.services;
  const account = await findAccountNamed(database, username);
  if (account === undefined) return null;
  const names = await packageNames(database, binding.format.id, visibleHere(binding), most);
  const access = new Map<number, PackageRef['access'] | null>();
  for (const { projectId } of names) {
    if (!access.has(projectId)) access.set(projectId, await accessOf(binding, account.id, account.isAdmin, projectId));
  }
  return names.flatMap(({ name, projectId }) => {
    const may = access.get(projectId) ?? null;
    return may === null ? [] : [{ name, access: may }];
  });
}

async function accessOf(
  binding: Binding,
  accountId: number,
  isAdmin: boolean,
  projectId: number,
): Promise<PackageRef['access'] | null> {
  const { database, now } = binding.services;
  const project = await findProject(database, projectId);
  if (project === undefined) return null;
  if (isAdmin) return 'write';
  const role = await roleOf(database, accountId, { lineage: project.lineage, projectId }, now());
  if (role >= developer) return 'write';
  return role > 0 || project.visibility !== 'private' || project.packagesAccess === 'public' ? 'read' : null;
}

/** The packages of a group's projects that the caller may see; `null` when the group is unknown or hidden. */
export async function packagesOfGroup(binding: Binding, path: string): Promise<readonly PackageRef[] | null> {
  const { database, now } = binding.services;
  const group = await findGroup(database, path);
  if (group === undefined) return null;
  const verdict = await permitOnGroup(database, binding.caller, 'read-group', group, now());
  if (!verdict.allowed) return null;
  const inGroup = { sql: 'n.lineage like ?', params: [`${group.lineage}%`] };
  const names = await packageNames(database, binding.format.id, both(inGroup, visibleHere(binding)), most);
  return names.map(({ name }) => ({ name, access: 'write' }));
}

/** `true` when anyone at all may read the package that answers for the name. */
export async function isPublic(binding: Binding, name: Name): Promise<boolean> {
  const [row] = await sourcesOf(binding, name);
  const project = row === undefined ? undefined : await findProject(binding.services.database, row.projectId);
  return project !== undefined && readableByAnyone(project);
}

function readableByAnyone(project: Project): boolean {
  if (project.packagesAccess === 'public') return true;
  return project.packagesAccess === 'enabled' && project.visibility === 'public';
}
