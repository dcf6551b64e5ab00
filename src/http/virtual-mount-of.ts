import type { Caller } from '../access/caller.ts';
import { permitOnDependencyProxy, permitOnVirtualRegistry } from '../access/permit.ts';
import { missing, refusal } from '../access/refusal.ts';
import { rootIdOf } from '../catalog/name-claims.ts';
import { findProjectUpstream } from '../catalog/project-upstreams.ts';
import { findProject } from '../catalog/projects.ts';
import { findRegistry, type VirtualRegistry } from '../catalog/virtual-registries.ts';
import { upstreamsOf } from '../catalog/upstreams.ts';
import type { Session } from '../database/database.ts';
import type { Needs } from '../formats/format.ts';
import { problem } from '../problems/problem.ts';
import type { KnownMount } from '../registry/known-mounts.ts';
import type { Mount } from '../registry/mount.ts';
import { virtualMount } from '../registry/virtual-mount.ts';
import type { MountFacts, MountPath } from './mount-of.ts';

interface VirtualPath {
  readonly id: string;
  readonly of: 'registry' | 'project';
  readonly format: string;
}

/** A virtual registry, or a project with its upstream; each of its members asks again what this caller may. */
export async function openVirtualMount(
  session: Session,
  path: VirtualPath,
  caller: Caller,
  needs: Needs,
  { now, known, stamp }: MountFacts,
): Promise<Mount> {
  if (path.of === 'project') return projectWithUpstream(session, path, caller, now);
  const registry = await known.get(stamp, path.id, () => registryMount(session, path));
  if (registry === null) throw missing(caller, 'group');
  const verdict = await permitOnVirtualRegistry(session, caller, registry.ownerId, now);
  if (!verdict.allowed) throw refusal(verdict, 'group');
  if (needs === 'publish' || needs === 'delete') {
    throw problem(
      'method-not-allowed',
      'This virtual registry names no project to publish to: use the URL of a project.',
    );
  }
  if (registry.mount === null) throw problem('invalid-request', 'No upstreams set');
  return registry.mount;
}

async function registryMount(session: Session, { id, format }: VirtualPath): Promise<KnownMount | null> {
  const registry = await registryAt(session, id, format);
  if (registry === undefined) return null;
  const { name, namespaceId, policy } = registry;
  const upstreams = await upstreamsOf(session, registry.id);
  if (upstreams.length === 0) return { ownerId: namespaceId, mount: null };
  const of = { registryId: registry.id, name, rootId: namespaceId, upstreams, policy };
  return { ownerId: namespaceId, mount: await virtualMount(session, of) };
}

async function projectWithUpstream(
  session: Session,
  { id, format }: VirtualPath,
  caller: Caller,
  now: number,
): Promise<Mount> {
  const project = await findProject(session, id);
  if (project === undefined) throw missing(caller, 'project');
  const verdict = await permitOnDependencyProxy(session, caller, project, now);
  if (!verdict.allowed) throw refusal(verdict, 'project');
  const upstream = await findProjectUpstream(session, project.id, format);
  const rootId = rootIdOf(project.lineage);
  const mount = await virtualMount(session, {
    registryId: null,
    name: project.fullPath,
    rootId,
    upstreams: upstream === undefined ? [] : [upstream],
    policy: '{}',
  });
  return { ...mount, members: [{ kind: 'project', name: project.fullPath, project }, ...mount.members] };
}

/** Where a change through a virtual mount goes; `null` = nowhere. Whether the caller may, the project says. */
export async function deployPath(session: Session, path: MountPath, format: string): Promise<MountPath | null> {
  if (path.of === 'project') return { scope: 'project', id: path.id };
  const registry = await registryAt(session, path.id, format);
  const projectId = registry?.deployProjectId ?? null;
  return projectId === null ? null : { scope: 'project', id: String(projectId) };
}

async function registryAt(session: Session, id: string, format: string): Promise<VirtualRegistry | undefined> {
  const registry = await findRegistry(session, Number(id));
  return registry?.format === format ? registry : undefined;
}
