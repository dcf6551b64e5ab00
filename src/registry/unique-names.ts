import { always } from '../catalog/condition.ts';
import { findPackagesNamed } from '../catalog/packages.ts';
import type { Project } from '../catalog/projects.ts';
import { lockRow } from '../catalog/row-locks.ts';
import type { Session, Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { Name } from './model.ts';
import { settingsOf } from './format-settings.ts';
import type { Binding } from './mount.ts';

/** Refuses a name that another project of the same top-level group or user has, where the format wants that. */
export async function refuseTakenName(
  session: Session,
  { services, format }: Binding,
  project: Project,
  name: Name,
): Promise<void> {
  if (format.uniqueName?.(name.key, settingsOf(format, services)) !== true) return;
  const wanted = { format: format.id, nameKey: name.key, lineage: topLineage(project), visible: always };
  const rows = await findPackagesNamed(session, wanted);
  if (rows.every(({ projectId }) => projectId === project.id)) return;
  throw problem('name-taken', `Another project of the group has a package ${name.display} already.`);
}

/** The same for a package that is being made: two projects that make it at once wait for each other. */
export async function claimName(tx: Transaction, binding: Binding, project: Project, name: Name): Promise<void> {
  if (binding.format.uniqueName === undefined) return;
  await lockRow(tx, 'namespace', Number(topLineage(project).slice(1, -1)));
  await refuseTakenName(tx, binding, project, name);
}

/** `/1/` of `/1/5/`. */
function topLineage({ lineage }: Project): string {
  return lineage.slice(0, lineage.indexOf('/', 1) + 1);
}
