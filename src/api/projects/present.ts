import { listAncestors, type Namespace } from '../../catalog/namespaces.ts';
import { findMembership } from '../../catalog/memberships.ts';
import type { Project } from '../../catalog/projects.ts';
import { roleOf } from '../../catalog/roles.ts';
import type { ApiContext } from '../context.ts';
import { presentForwarding } from '../forwarding-fields.ts';
import { presentNamespace } from '../namespaces/present.ts';
import { isoTime } from '../times.ts';

/** Projects with their namespaces, each looked up once. */
export async function presentProjects(context: ApiContext, projects: readonly Project[]) {
  const known = new Map<string, Namespace[]>();
  for (const { lineage } of projects) {
    if (!known.has(lineage)) known.set(lineage, await listAncestors(context.database, lineage));
  }
  return projects.map((project) => presentProject(project, known.get(project.lineage) ?? [], context.origin));
}

/** One project, with the caller's roles in it and what holds there. */
export async function presentOne(context: ApiContext, project: Project) {
  const ancestors = await listAncestors(context.database, project.lineage);
  const place = { lineage: project.lineage, projectId: project.id };
  return {
    ...presentProject(project, ancestors, context.origin),
    permissions: await permissions(context, project),
    ...(await presentForwarding(context, place)),
  };
}

function presentProject(project: Project, ancestors: readonly Namespace[], origin: string) {
  const namespace = ancestors.at(-1);
  const self = `${origin}/api/v4/projects/${project.id}`;
  return {
    id: project.id,
    description: project.description,
    name: project.name,
    name_with_namespace: [...ancestors.map(({ name }) => name), project.name].join(' / '),
    path: project.path,
    path_with_namespace: project.fullPath,
    created_at: isoTime(project.createdAt),
    updated_at: isoTime(project.updatedAt),
    last_activity_at: isoTime(project.updatedAt),
    web_url: `${origin}/${project.fullPath}`,
    avatar_url: null,
    namespace: namespace === undefined ? null : presentNamespace(namespace, origin),
    _links: { self, members: `${self}/members` },
    visibility: project.visibility,
    archived: false,
    packages_enabled: project.packagesAccess !== 'disabled',
    package_registry_access_level: project.packagesAccess,
  };
}

async function permissions({ database, caller, now }: ApiContext, project: Project) {
  if (caller.kind !== 'user') return { project_access: null, group_access: null };
  const direct = await findMembership(database, { projectId: project.id }, caller.accountId);
  const inherited = await roleOf(database, caller.accountId, { lineage: project.lineage, projectId: null }, now());
  const expired = direct !== undefined && direct.expiresAt !== null && direct.expiresAt <= now();
  return {
    project_access: direct === undefined || expired ? null : { access_level: direct.accessLevel },
    group_access: inherited === 0 ? null : { access_level: inherited },
  };
}
