import type { PackageStatus } from '../../registry/model.ts';
import { findPackageItem, type PackageListItem } from '../../catalog/package-list.ts';
import type { Project } from '../../catalog/projects.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { projectFor } from '../place.ts';

export interface FoundPackage {
  readonly project: Project;
  readonly item: PackageListItem;
}

/**
 * The package of a path, when the caller may do `action` in the project that the path names. A number that belongs to
 * another project's package is not found, and neither is a status that is not among `statuses`.
 */
export async function packageFor(
  context: ApiContext,
  params: { readonly id: string; readonly package_id: number },
  action: 'read-package' | 'delete-package',
  statuses?: readonly PackageStatus[],
): Promise<FoundPackage> {
  const project = await projectFor(context, params.id, action);
  const item = await findPackageItem(context.database, project.id, params.package_id);
  if (item === undefined || (statuses !== undefined && !statuses.includes(item.status))) {
    throw problem('package-not-found');
  }
  return { project, item };
}
