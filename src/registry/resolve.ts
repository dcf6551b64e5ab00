import { type PackageAction, permitOnPackage } from '../access/permit.ts';
import { refusal } from '../access/refusal.ts';
import { visibleProjects } from '../access/visible.store.ts';
import { always, type Condition } from '../catalog/condition.ts';
import { findTopNamespace } from '../catalog/namespaces.ts';
import { findPackage, findPackagesNamed, type LocatedPackage, type PackageRow } from '../catalog/packages.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import { problem } from '../problems/problem.ts';
import type { Binding } from './mount.ts';
import type { Name } from './model.ts';
import { localRows } from './virtual-local.ts';

/**
 * The packages that answer for a name on this mount, in order of precedence; only those the caller may read.
 *
 * In a group's view the older package comes first. The instance's view spans people who don't trust each other, so there
 * nobody adds versions to another's name: one whose namespace is also a top-level group (or a user) is only looked for in
 * that group's projects, seen or not, and of any other the oldest package alone answers. Of a virtual mount these are the
 * packages of its projects and groups; what comes from elsewhere is no row.
 */
export async function sourcesOf(binding: Binding, name: Name): Promise<readonly PackageRow[]> {
  const { mount, format, caller, services } = binding;
  if (mount.scope === 'project') {
    const row = await findPackage(services.database, mount.project.id, format.id, name.key);
    return row === undefined ? [] : [row];
  }
  if (mount.scope === 'virtual') return localRows(binding, mount, name);
  const rows = await packagesBelow(binding, name, visibleProjects(caller, 'packages', services.now()));
  if (mount.scope === 'group') return rows;
  const owner = name.namespace === null ? undefined : await findTopNamespace(services.database, name.namespace);
  if (owner === undefined) return rows.slice(0, 1);
  return rows.filter((row) => row.projectPath.startsWith(`${owner.fullPath}/`));
}

/**
 * The sources of a document. Clients that ask without credentials first would be content with the public part of a view:
 * an anonymous caller is asked to sign in when there is more (`Format.anonymousViews`).
 */
export async function documentSources(binding: Binding, name: Name): Promise<readonly PackageRow[]> {
  const rows = await sourcesOf(binding, name);
  const { mount, format, caller, services } = binding;
  if (caller.kind !== 'anonymous' || mount.scope === 'project' || format.anonymousViews !== 'challenge') return rows;
  if (rows.length === 0) throw problem('unauthenticated');
  const visible = await packagesBelow(binding, name, visibleProjects(caller, 'packages', services.now()));
  const all = await packagesBelow(binding, name, always);
  if (all.length > visible.length) throw problem('unauthenticated');
  return rows;
}

/** Packages of that name below the mount's group, or anywhere, in projects that `visible` allows. */
function packagesBelow(
  { mount, format, services }: Binding,
  name: Name,
  visible: Condition,
): Promise<LocatedPackage[]> {
  return findPackagesNamed(services.database, {
    format: format.id,
    nameKey: name.key,
    lineage: mount.scope === 'group' ? mount.group.lineage : null,
    visible,
  });
}

/** The package and project that a change to `name` goes to, once the caller is allowed `action` there. */
export async function packageToChange(
  binding: Binding,
  name: Name,
  action: PackageAction,
): Promise<{ row: PackageRow; project: Project }> {
  const [row] = await sourcesOf(binding, name);
  const project = await projectOf(binding, row);
  const { caller } = binding;
  const { database, now } = binding.services;
  const verdict = await permitOnPackage(database, caller, action, project, row?.id ?? null, now());
  if (!verdict.allowed) throw refusal(verdict, 'project');
  if (row === undefined) throw problem('package-not-found', `There is no package ${name.display} here.`);
  return { row, project };
}

async function projectOf(binding: Binding, row: PackageRow | undefined): Promise<Project> {
  if (binding.mount.scope === 'project') return binding.mount.project;
  const project = row === undefined ? undefined : await findProject(binding.services.database, row.projectId);
  if (project === undefined) throw problem('package-not-found', 'No package of that name is visible here.');
  return project;
}
