import { visibleProjects } from '../access/visible.store.ts';
import type { Condition } from '../catalog/condition.ts';
import { rootIdOf } from '../catalog/name-claims.ts';
import { findNamespace } from '../catalog/namespaces.ts';
import { findPackagesNamed, type PackageRow } from '../catalog/packages.ts';
import { both } from '../catalog/condition.ts';
import { meansName } from '../policy/upstream-policy.ts';
import { Remembered } from './known-mounts.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import type { Member, VirtualMount } from './virtual-mount.ts';
import { type Ours, oursIn } from './whose-name.ts';

/** Packages of that name in a local member that the caller may read; none of a remote one. */
export async function rowsOf(binding: Binding, member: Member, name: Name): Promise<readonly PackageRow[]> {
  const { format, services } = binding;
  if (member.kind === 'remote') return [];
  const visible = both(visibleProjects(binding.caller, 'packages', services.now()), inMember(member));
  const wanted = { format: format.id, nameKey: name.key, lineage: null, visible };
  const place = format.upstream?.inGroup?.(name) ?? null;
  if (place === null) return findPackagesNamed(services.database, wanted);
  const group = await findNamespace(services.database, place.group);
  if (group === undefined) return [];
  return findPackagesNamed(services.database, { ...wanted, nameKey: place.nameKey, lineage: group.lineage });
}

/** The group that an address begins with, where its names are ours. */
async function groupOf({ services, format }: Pick<Binding, 'services' | 'format'>, mount: VirtualMount, name: Name) {
  const place = format.upstream?.inGroup?.(name) ?? null;
  const group = place === null ? undefined : await findNamespace(services.database, place.group);
  return group !== undefined && mount.rootIds.includes(rootIdOf(group.lineage)) ? group : null;
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

/** Why no remote member may be asked for a name; `null` = they may be asked. The sentence isn't for everybody: `tellOurs`. */
export async function whyOurs(
  about: Pick<Binding, 'services' | 'format'>,
  mount: VirtualMount,
  name: Name,
): Promise<string | null> {
  return (await oursOn(about, mount, name))?.sentence ?? null;
}

/** A mount is put together anew once anything was committed (`known-mounts.ts`), so each name is looked for once. */
const lately = new Remembered<Ours | null>();

/** The same, with whose it is: it is, was or will be one of ours, whoever may see it. */
export function oursOn(
  about: Pick<Binding, 'services' | 'format'>,
  mount: VirtualMount,
  name: Name,
): Promise<Ours | null> {
  const key = JSON.stringify([name.key, name.namespace, name.display]);
  return lately.of(mount, key, () => lookForOurs(about, mount, name));
}

async function lookForOurs(
  about: Pick<Binding, 'services' | 'format'>,
  mount: VirtualMount,
  name: Name,
): Promise<Ours | null> {
  const { upstream } = about.format;
  if (mount.policy.sharedNames.some((glob) => meansName(glob, name, upstream?.spelling))) return null;
  const container = upstream?.within?.(name) ?? null;
  const theirs = container === null ? null : await oursOn(about, mount, container);
  if (theirs !== null) return theirs;
  const group = await groupOf(about, mount, name);
  if (group !== null) {
    const sentence = `${group.fullPath} is a group of this server: other registries are not asked for what it has.`;
    return { rootId: rootIdOf(group.lineage), nameKey: null, sentence };
  }
  return oursIn(about, mount.rootIds, name);
}

/**
 * What members that come after an answer have to say of a name of ours: to those who may not know whose it is, they have
 * nothing, as of any name that isn't there.
 */
export function noteNotAsked({ trace }: Binding, { members }: VirtualMount, detail: string | null): void {
  const outcome = detail === null ? 'absent' : 'not-asked';
  const said = new Set(trace?.steps.map(({ member }) => member));
  for (const { kind, name } of members) {
    if (kind === 'remote' && !said.has(name)) trace?.note({ member: name, kind, outcome, detail });
  }
}
