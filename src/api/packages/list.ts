import type { Static } from 'typebox';
import { visibleProjects } from '../../access/visible.store.ts';
import {
  listPackages,
  type PackageFilter,
  type PackageListItem,
  type PackageOrder,
  tagsOfVersions,
} from '../../catalog/package-list.ts';
import { findProject, type Project } from '../../catalog/projects.ts';
import type { PackageStatus } from '../../registry/model.ts';
import type { ApiContext } from '../context.ts';
import type { PlainAnswer } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { groupFor, mayOnProject, projectFor } from '../place.ts';
import { formatOf, packageTypeOf } from './package-types.ts';
import { presentPackage } from './present.ts';
import type { groupListQuery, projectListQuery } from './schema.ts';

type ProjectQuery = Static<typeof projectListQuery>;
type GroupQuery = Static<typeof groupListQuery>;

const orders: Readonly<Record<string, PackageOrder>> = {
  created_at: 'createdAt',
  name: 'name',
  version: 'version',
  type: 'format',
  project_path: 'projectPath',
};

const listedStatuses: readonly PackageStatus[] = ['default', 'error', 'deprecated'];

export async function projectPackages(
  context: ApiContext,
  asked: { readonly params: { id: string }; readonly query: ProjectQuery; readonly url: string },
): Promise<PlainAnswer> {
  const project = await projectFor(context, asked.params.id, 'read-package');
  const page = pageOf(asked.query);
  const { items, total } = await find(context, { projectId: project.id }, asked.query, page);
  const presented = await present(context, items, new Map([[project.id, project]]));
  return pageAnswer(presented, total, page, { origin: context.origin, url: asked.url });
}

export async function groupPackages(
  context: ApiContext,
  asked: { readonly params: { id: string }; readonly query: GroupQuery; readonly url: string },
): Promise<PlainAnswer> {
  const group = await groupFor(context, asked.params.id, 'read-package');
  const page = pageOf(asked.query);
  const where = {
    ...(asked.query.exclude_subgroups === true ? { namespaceId: group.id } : { below: group.lineage }),
    visible: visibleProjects(context.caller, 'packages', context.now()),
  };
  const { items, total } = await find(context, where, asked.query, page);
  const presented = await present(context, items, new Map());
  const withProjects = presented.map((one, index) => ({
    ...one,
    project_id: items[index]?.projectId,
    project_path: items[index]?.projectPath,
  }));
  return pageAnswer(withProjects, total, page, { origin: context.origin, url: asked.url });
}

function find(
  context: ApiContext,
  where: Pick<PackageFilter, 'projectId' | 'namespaceId' | 'below' | 'visible'>,
  query: GroupQuery,
  page: { readonly size: number; readonly offset: number },
) {
  const filter: PackageFilter = {
    ...where,
    ...(query.package_type === undefined
      ? { withoutFormats: context.formats.flatMap(({ id, listedApart }) => (listedApart === true ? [id] : [])) }
      : { format: formatOf(context, query.package_type) }),
    ...(query.package_name === undefined ? {} : { name: query.package_name }),
    ...(query.package_version === undefined ? {} : { version: query.package_version }),
    versionless: query.include_versionless === true,
    statuses: query.status === undefined ? listedStatuses : [query.status],
  };
  return listPackages(context.database, filter, {
    limit: page.size,
    offset: page.offset,
    order: { by: orders[query.order_by ?? 'created_at'] ?? 'createdAt', direction: query.sort ?? 'asc' },
  });
}

async function present(context: ApiContext, items: readonly PackageListItem[], projects: Map<number, Project>) {
  const tags = await tagsOfVersions(
    context.database,
    items.map((item) => item.id),
  );
  const deletable = new Map<number, boolean>();
  for (const { projectId } of items) {
    if (deletable.has(projectId)) continue;
    const project = projects.get(projectId) ?? (await findProject(context.database, projectId));
    deletable.set(projectId, project !== undefined && (await mayOnProject(context, 'delete-package', project)));
  }
  return items.map((item) =>
    presentPackage(item, {
      tags,
      mayDelete: deletable.get(item.projectId) === true,
      origin: context.origin,
      packageType: packageTypeOf(context, item.format),
    }),
  );
}
