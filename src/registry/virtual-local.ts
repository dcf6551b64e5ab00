import { visibleProjects } from '../access/visible.store.ts';
import type { Condition } from '../catalog/condition.ts';
import { claimOn } from '../catalog/name-claims.ts';
import { findPackagesNamed, type PackageRow } from '../catalog/packages.ts';
import { both } from '../catalog/condition.ts';
import { meansName } from '../policy/upstream-policy.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import type { Member, VirtualMount } from './virtual-mount.ts';

/** Packages of that name in a local member that the caller may read; none of a remote one. */
export function rowsOf(binding: Binding, member: Member, name: Name): Promise<readonly PackageRow[]> {
  const { format, services } = binding;
  if (member.kind === 'remote') return Promise.resolve([]);
  const visible = both(visibleProjects(binding.caller, 'packages', services.now()), inMember(member));
  return findPackagesNamed(services.database, { format: format.id, nameKey: name.key, lineage: null, visible });
}

/** Packages of that name in all local members, in their order, each once. */
export async function localRows(binding: Binding, mount: VirtualMount, name: Name): Promise<readonly PackageRow[]> {
  const rows = new Map<number, PackageRow>();
  for (const member of mount.members) {
    for (const row of await rowsOf(binding, member, name)) if (!rows.has(row.id)) rows.set(row.id, row);
  }
  return [...rows.values()];
}

/** A condition on project `p` and its namespace `n`: it belongs to one of the local members. */
export function inMembers({ members }: VirtualMount): Condition {
  const local = members.flatMap((member) => (member.kind === 'remote' ? [] : [inMember(member)]));
  if (local.length === 0) return { sql: '1 = 0', params: [] };
  return { sql: local.map(({ sql }) => sql).join(' or '), params: local.flatMap(({ params }) => params) };
}

function inMember(member: Exclude<Member, { kind: 'remote' }>): Condition {
  return member.kind === 'project'
    ? { sql: 'p.id = ?', params: [member.project.id] }
    : { sql: 'n.lineage like ?', params: [`${member.group.lineage}%`] };
}

/**
 * Why no remote member may be asked for a name: it is, or was, one of ours, whoever may see it. `null` = they may be
 * asked.
 */
export async function whyOurs(
  { services, format }: Pick<Binding, 'services' | 'format'>,
  mount: VirtualMount,
  name: Name,
): Promise<string | null> {
  if (mount.policy.sharedNames.some((glob) => meansName(glob, name, format.upstream?.spelling))) return null;
  const container = format.upstream?.within?.(name) ?? null;
  if (container !== null) {
    const theirs = await whyOurs({ services, format }, mount, container);
    if (theirs !== null) return theirs;
  }
  const claim = await claimOn(services.database, {
    format: format.id,
    nameKey: name.key,
    namespace: format.upstream?.claims === 'namespace' ? name.namespace : null,
    rootIds: mount.rootIds,
  });
  if (claim === null) return null;
  return claim === 'name'
    ? `${name.display} is a name of this group: other registries are not asked for it.`
    : `${name.display} belongs to a namespace of this group: other registries are not asked for it.`;
}
