import { listAncestors, type Namespace } from '../../catalog/namespaces.ts';
import type { ApiContext } from '../context.ts';
import { presentForwarding } from '../forwarding-fields.ts';
import { namespaceUrl } from '../namespaces/present.ts';
import { isoTime } from '../times.ts';

async function presentGroup(context: ApiContext, group: Namespace) {
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

/** One group, with what holds in it. */
export async function presentOne(context: ApiContext, group: Namespace) {
  const forwarding = await presentForwarding(context, { lineage: group.lineage, projectId: null });
  return { ...(await presentGroup(context, group)), ...forwarding };
}

export async function presentGroups(context: ApiContext, groups: readonly Namespace[]) {
  const presented = [];
  for (const group of groups) presented.push(await presentGroup(context, group));
  return presented;
}
