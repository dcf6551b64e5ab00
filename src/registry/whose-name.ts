import { knowsAllOf } from '../access/permit.ts';
import { visibleProjects } from '../access/visible.store.ts';
import { claimOn } from '../catalog/name-claims.ts';
import { findPackagesNamed } from '../catalog/packages.ts';
import { reservationsOf } from '../catalog/reserved-names.ts';
import { mostExact } from '../policy/name-pattern.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';

/** A name that no other registry is asked for, and why. */
export interface Ours {
  /** The group at the top whose name it is. */
  readonly rootId: number;
  /** For those who may know what there is in that group; see `tellOurs`. */
  readonly sentence: string;
  /** The package of that group that makes it ours; `null` = there need be none. */
  readonly nameKey: string | null;
}

type About = Pick<Binding, 'services' | 'format'>;

const notAsked = 'other registries are not asked for it';

/** By what was ever published or moved there, or is reserved. */
export async function oursIn(about: About, rootIds: readonly number[], name: Name): Promise<Ours | null> {
  return (await claimedIn(about, rootIds, name)) ?? (await reservedIn(about, rootIds, name));
}

async function claimedIn(
  { services, format }: About,
  rootIds: readonly number[],
  { key, display, namespace }: Name,
): Promise<Ours | null> {
  const claim = await claimOn(services.database, {
    format: format.id,
    nameKey: key,
    namespace: format.upstream?.claims === 'namespace' ? namespace : null,
    looksAlike: format.upstream?.looksAlike === true,
    rootIds,
  });
  if (claim === null) return null;
  const { kind, nameKey, rootId } = claim;
  switch (kind) {
    case 'name':
      return { rootId, nameKey, sentence: `${display} is a name of this group: ${notAsked}.` };
    case 'look-alike':
      return { rootId, nameKey, sentence: `${display} looks like ${nameKey}, a name of this group: ${notAsked}.` };
    case 'namespace':
      return { rootId, nameKey, sentence: `${display} belongs to a namespace of this group: ${notAsked}.` };
  }
}

async function reservedIn({ services, format }: About, rootIds: readonly number[], name: Name): Promise<Ours | null> {
  const reservations = await reservationsOf(services.database, { rootIds, format: format.id });
  const reserved = reservations.length === 0 ? null : mostExact(reservations, name, format.upstream ?? {});
  if (reserved === null) return null;
  const { namespaceId: rootId, pattern } = reserved;
  return { rootId, nameKey: null, sentence: `${name.display} is reserved for this group by ${pattern}: ${notAsked}.` };
}

/** Whether something that begins so is reserved. `prefix`: of keys. */
export async function hasReservedBelow(
  { services, format }: About,
  rootIds: readonly number[],
  prefix: string,
): Promise<boolean> {
  const reservations = await reservationsOf(services.database, { rootIds, format: format.id });
  return reservations.some(({ patternKey }) => patternKey.startsWith(prefix.toLowerCase()));
}

/**
 * The sentence for a caller who may know it: who belongs to the group at the top, and so to all below, or sees the package
 * itself. To others the name is simply not there: they must not learn what projects they can't see have.
 */
export async function tellOurs({ services, format, caller }: Binding, ours: Ours): Promise<string | null> {
  const { database, now } = services;
  const { rootId, nameKey, sentence } = ours;
  if (await knowsAllOf(database, caller, rootId, now())) return sentence;
  if (nameKey === null) return null;
  const visible = visibleProjects(caller, 'packages', now());
  const seen = await findPackagesNamed(database, { format: format.id, nameKey, lineage: `/${rootId}/`, visible });
  return seen.length > 0 ? sentence : null;
}
