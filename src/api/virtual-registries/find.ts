import { permitOnGroup, permitOnVirtualRegistry } from '../../access/permit.ts';
import { missing, refusal } from '../../access/refusal.ts';
import { findGroup, type Namespace } from '../../catalog/namespaces.ts';
import {
  findAssociation,
  findRegistry,
  type Association,
  type VirtualRegistry,
} from '../../catalog/virtual-registries.ts';
import { findUpstream, type Upstream } from '../../catalog/upstreams.ts';
import type { Format } from '../../formats/format.ts';
import { type Problem, problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';

export type Purpose = 'read' | 'manage';

/** A format that reads from other registries; `not-found` otherwise. */
export function formatFor({ formats }: ApiContext, id: string): Format {
  const format = formats.find((one) => one.id === id);
  if (format?.upstream === undefined)
    throw problem('not-found', `There are no virtual registries of the format ${id}.`);
  return format;
}

/** A group at the top, where the caller belongs; to manage, the maintainer role there. */
export async function groupFor(context: ApiContext, id: string | number, purpose: Purpose): Promise<Namespace> {
  const { database, caller, now } = context;
  const group = await findGroup(database, id);
  if (group === undefined) throw missing(caller, 'group');
  const reads = await permitOnVirtualRegistry(database, caller, group.id, now());
  if (!reads.allowed) throw refusal(reads, 'group');
  if (group.parentId !== null) throw problem('invalid-parameter', 'Virtual registries belong to groups at the top.');
  if (purpose === 'read') return group;
  const verdict = await permitOnGroup(database, caller, 'manage-virtual-registries', group, now());
  if (!verdict.allowed) throw refusal(verdict, 'group');
  return group;
}

export async function registryFor(
  context: ApiContext,
  at: { id: number; format: string },
  purpose: Purpose,
): Promise<VirtualRegistry> {
  const registry = await findRegistry(context.database, at.id);
  if (registry === undefined || registry.format !== at.format) throw gone('virtual registry');
  await hidingGroup(context, registry.namespaceId, purpose);
  return registry;
}

export async function upstreamFor(
  context: ApiContext,
  at: { id: number; format: string },
  purpose: Purpose,
): Promise<Upstream> {
  const upstream = await findUpstream(context.database, at.id);
  if (upstream === undefined || upstream.format !== at.format) throw gone('upstream');
  await hidingGroup(context, upstream.namespaceId, purpose);
  return upstream;
}

export async function associationFor(
  context: ApiContext,
  at: { id: number; format: string },
): Promise<{ association: Association; registry: VirtualRegistry }> {
  const association = await findAssociation(context.database, at.id);
  if (association === undefined) throw gone('upstream of a virtual registry');
  const registry = await registryFor(context, { id: association.registryId, format: at.format }, 'manage');
  return { association, registry };
}

/** What belongs to a group that the caller may not see is not there. */
async function hidingGroup(context: ApiContext, groupId: number, purpose: Purpose): Promise<void> {
  try {
    await groupFor(context, groupId, purpose);
  } catch (error) {
    const code = (error as Problem).code;
    if (code === 'group-not-found') throw gone('virtual registry or upstream');
    throw error;
  }
}

function gone(what: string): Problem {
  return problem('not-found', `There is no such ${what}.`);
}
