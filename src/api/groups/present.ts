import { listAncestors, type Namespace } from '../../catalog/namespaces.ts';
import type { ApiContext } from '../context.ts';
import { namespaceUrl } from '../namespaces/present.ts';
import { isoTime } from '../times.ts';

export async function presentGroup(context: ApiContext, group: Namespace) {
  const above = group.parentId === null ? [group] : await listAncestors(context.database, group.lineage);
  return {
    id: group.id,
    web_url: namespaceUrl(group, context.origin),
    name: group.name,
    path: group.path,
    description: group.description,
    visibility: group.visibility,
    full_name: above.map(({ name }) => name).join(' / '),
    full_path: group.fullPath,
    parent_id: group.parentId,
    created_at: isoTime(group.createdAt),
    avatar_url: null,
    project_creation_level: 'developer',
    subgroup_creation_level: 'maintainer',
    request_access_enabled: false,
  };
}

export async function presentGroups(context: ApiContext, groups: readonly Namespace[]) {
  const presented = [];
  for (const group of groups) presented.push(await presentGroup(context, group));
  return presented;
}
