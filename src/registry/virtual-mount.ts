import { rootIdOf } from '../catalog/name-claims.ts';
import { findGroup, type Namespace } from '../catalog/namespaces.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import type { Upstream } from '../catalog/upstreams.ts';
import { rootsOf } from '../catalog/virtual-registries.ts';
import type { Session } from '../database/database.ts';
import {
  openPolicy,
  type RegistryPolicy,
  readPolicy,
  readRules,
  type UpstreamRule,
} from '../policy/upstream-policy.ts';

/** One source of a virtual mount. */
export type Member =
  | { readonly kind: 'project'; readonly name: string; readonly project: Project }
  | { readonly kind: 'group'; readonly name: string; readonly group: Namespace }
  | RemoteMember;

export interface RemoteMember {
  readonly kind: 'remote';
  readonly name: string;
  readonly upstream: Upstream;
  readonly rules: readonly UpstreamRule[];
}

/** An ordered list of sources that answers as one. */
export interface VirtualMount {
  readonly scope: 'virtual';
  /** `null` for the dependency proxy of a project. */
  readonly registryId: number | null;
  /** What people call it. */
  readonly name: string;
  readonly members: readonly Member[];
  /** Groups at the top whose names are never asked of remote members. */
  readonly rootIds: readonly number[];
  readonly policy: RegistryPolicy;
}

/** What is there for whoever may see nothing. */
export const nothing: VirtualMount = {
  scope: 'virtual',
  registryId: null,
  name: '',
  members: [],
  rootIds: [],
  policy: openPolicy,
};

/** Puts a virtual mount together; members whose project or group is gone are left out. */
export async function virtualMount(
  session: Session,
  of: {
    readonly registryId: number | null;
    readonly name: string;
    readonly rootId: number;
    readonly upstreams: readonly Upstream[];
    readonly policy: string;
  },
): Promise<VirtualMount> {
  const members: Member[] = [];
  for (const upstream of of.upstreams) {
    const member = await memberOf(session, upstream);
    if (member !== null) members.push(member);
  }
  const roots = members.flatMap((member) => {
    if (member.kind === 'project') return [rootIdOf(member.project.lineage)];
    return member.kind === 'group' ? [rootIdOf(member.group.lineage)] : [];
  });
  return {
    scope: 'virtual',
    registryId: of.registryId,
    name: of.name,
    members,
    rootIds: [...new Set([of.rootId, ...roots, ...(await closedRoots(session, of.registryId))])],
    policy: readPolicy(of.policy),
  };
}

/** Of members that were there once, too. */
function closedRoots(session: Session, registryId: number | null): Promise<readonly number[]> {
  return registryId === null ? Promise.resolve([]) : rootsOf(session, registryId);
}

async function memberOf(session: Session, upstream: Upstream): Promise<Member | null> {
  const { name, localProjectId, localNamespaceId } = upstream;
  if (localProjectId !== null) {
    const project = await findProject(session, localProjectId);
    return project === undefined ? null : { kind: 'project', name, project };
  }
  if (localNamespaceId !== null) {
    const group = await findGroup(session, localNamespaceId);
    return group === undefined ? null : { kind: 'group', name, group };
  }
  return { kind: 'remote', name, upstream, rules: readRules(upstream.rules) };
}
