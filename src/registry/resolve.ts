import { type PackageAction, permitOnPackage } from '../access/permit.ts';
import { refusal } from '../access/refusal.ts';
import { visibleProjects } from '../access/visible.store.ts';
import { findPackage, findPackagesNamed, type PackageRow } from '../catalog/packages.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import { problem } from '../problems/problem.ts';
import type { Binding } from './mount.ts';
import type { Name } from './model.ts';

/**
 * The packages that answer for a name on this mount, in order of precedence; only those the caller may read.
 *
 * On a view, the older package comes first. At instance level a name whose namespace is also a top-level group belongs to
 * that group: others who publish the same name are not listened to.
 */
export async function sourcesOf(binding: Binding, name: Name): Promise<readonly PackageRow[]> {
  const { mount, format, caller, services } = binding;
  if (mount.scope === 'project') {
    const row = await findPackage(services.database, mount.project.id, format.id, name.key);
    return row === undefined ? [] : [row];
  }
  const rows = await findPackagesNamed(services.database, {
    format: format.id,
    nameKey: name.key,
    lineage: mount.scope === 'group' ? mount.group.lineage : null,
    visible: visibleProjects(caller, 'packages', services.now()),
  });
  if (mount.scope === 'group' || name.namespace === null) return rows;
  const home = `${name.namespace.toLowerCase()}/`;
  const owners = rows.filter((row) => row.projectPath.toLowerCase().startsWith(home));
  return owners.length > 0 ? owners : rows;
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
