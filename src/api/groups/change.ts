import type { Static } from 'typebox';
import { owner } from '../../access/caller.ts';
import { permitOnInstance } from '../../access/permit.ts';
import { refusal } from '../../access/refusal.ts';
import { setMembership } from '../../catalog/memberships.ts';
import { createGroup, deleteNamespace, updateNamespace } from '../../catalog/namespace-changes.ts';
import { moveNamespace } from '../../catalog/namespace-move.ts';
import { findGroup, type Namespace } from '../../catalog/namespaces.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import type { ApiContext } from '../context.ts';
import { applyForwarding, readForwarding } from '../forwarding-fields.ts';
import { accountOf, groupFor } from '../place.ts';
import { keepFormerPath } from './former-path.ts';
import type { groupChanges, newGroup } from './schema.ts';

/** The new group belongs to the caller. */
export async function makeGroup(context: ApiContext, wanted: Static<typeof newGroup>): Promise<Namespace> {
  const { accountId } = accountOf(context);
  const parentId = wanted.parent_id ?? null;
  if (parentId === null) {
    const verdict = permitOnInstance(context.caller, 'create-group');
    if (!verdict.allowed) throw refusal(verdict, 'group');
  } else await groupFor(context, parentId, 'create-subgroup');
  const now = context.now();
  return context.database.transaction(async (tx) => {
    const group = await createGroup(
      tx,
      {
        parentId,
        name: wanted.name,
        path: wanted.path,
        description: wanted.description ?? '',
        visibility: wanted.visibility ?? 'private',
      },
      now,
    );
    await setMembership(tx, { namespaceId: group.id }, { accountId, accessLevel: owner, createdBy: accountId }, now);
    const details = { visibility: group.visibility };
    await record(tx, context, { action: 'group.create', subject: `group:${group.fullPath}`, details });
    return group;
  });
}

export async function changeGroup(
  context: ApiContext,
  id: string,
  changes: Static<typeof groupChanges>,
): Promise<Namespace> {
  const group = await groupFor(context, id, 'admin-group');
  const now = context.now();
  const forwarding = readForwarding(context, changes);
  return context.database.transaction(async (tx) => {
    const set = {
      ...(changes.name === undefined ? {} : { name: changes.name }),
      ...(changes.description === undefined ? {} : { description: changes.description ?? '' }),
      ...(changes.visibility === undefined ? {} : { visibility: changes.visibility }),
    };
    await updateNamespace(tx, group, set, now);
    const path = changes.path ?? group.path;
    if (path !== group.path) {
      await moveNamespace(tx, { ...group, ...set }, { path }, now);
      await keepFormerPath(tx, context, group);
    }
    const said = await applyForwarding(tx, { lineage: group.lineage, projectId: null }, forwarding);
    const details = { ...set, ...said, ...(path === group.path ? {} : { path }) };
    await record(tx, context, { action: 'group.update', subject: `group:${group.fullPath}`, details });
    const changed = await findGroup(tx, group.id);
    if (changed === undefined) throw problem('group-not-found');
    return changed;
  });
}

/** With everything in it, as GitLab does. */
export async function dropGroup(context: ApiContext, id: string): Promise<void> {
  const group = await groupFor(context, id, 'admin-group');
  await context.database.transaction(async (tx) => {
    await deleteNamespace(tx, group, { cascade: true }, context.now());
    await record(tx, context, { action: 'group.delete', subject: `group:${group.fullPath}` });
  });
}
