import { findAccount } from '../catalog/accounts.ts';
import { insertAudit } from '../catalog/events.ts';
import {
  hasOtherOwner,
  findMembership,
  type MembershipTarget,
  removeMembership,
  setMembership,
} from '../catalog/memberships.ts';
import type { Namespace } from '../catalog/namespaces.ts';
import { withdrawPublishing } from '../catalog/people.ts';
import type { Project } from '../catalog/projects.ts';
import { roleOf } from '../catalog/roles.ts';
import { lockRow } from '../catalog/row-locks.ts';
import type { Database, Session, Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { actorOf } from './actor.ts';
import { type AccessLevel, type Caller, developer, owner, type UserCaller } from './caller.ts';
import { permitOnGroup, permitOnProject } from './permit.ts';
import { refusal } from './refusal.ts';
import { mayUse } from './scopes.ts';

export type MembersOf = { readonly project: Project } | { readonly group: Namespace };

/**
 * Makes somebody a direct member, or changes the role. Nobody gives a role above the own, or changes somebody who has
 * one; a group keeps an owner. `unauthenticated`, `forbidden`, `user-not-found`, and as `permit` says.
 */
export async function setMember(
  db: Database,
  caller: Caller,
  of: MembersOf,
  wanted: { readonly accountId: number; readonly accessLevel: AccessLevel; readonly expiresAt?: number | null },
  now: number,
): Promise<void> {
  const doer = await checkMayManage(db, caller, of, now);
  const { accountId, accessLevel } = wanted;
  const target = targetOf(of);
  await db.transaction(async (tx) => {
    await hold(tx, of);
    const account = await findAccount(tx, accountId);
    if (account === undefined || account.isBot) throw problem('user-not-found');
    const before = await findMembership(tx, target, accountId);
    const role = await ownRole(tx, doer, of, now);
    if (accessLevel > role || (before?.accessLevel ?? 0) > role) throw tooHigh();
    const keepsOwning = accessLevel === owner && (wanted.expiresAt ?? null) === null;
    if (before?.accessLevel === owner && !keepsOwning) await checkOwnerRemains(tx, of, accountId, now);
    await setMembership(tx, target, { ...wanted, createdBy: doer.accountId }, now);
    if ((before?.accessLevel ?? 0) >= developer && accessLevel < developer) await endPublishing(tx, of, accountId);
    await audit(tx, 'member.set', caller, of, { username: account.username, accessLevel }, now);
  });
}

/** Ends a direct membership; everyone may end their own. `user-not-found` when there is none. */
export async function removeMember(
  db: Database,
  caller: Caller,
  of: MembersOf,
  accountId: number,
  now: number,
): Promise<void> {
  const target = targetOf(of);
  const leaves = await isOwnMembership(db, caller, target, accountId);
  const doer = leaves ? null : await checkMayManage(db, caller, of, now);
  await db.transaction(async (tx) => {
    await hold(tx, of);
    const before = await findMembership(tx, target, accountId);
    if (before === undefined || before.isBot) throw problem('user-not-found');
    if (doer !== null && before.accessLevel > (await ownRole(tx, doer, of, now))) throw tooHigh();
    if (before.accessLevel === owner) await checkOwnerRemains(tx, of, accountId, now);
    await removeMembership(tx, target, accountId);
    await endPublishing(tx, of, accountId);
    await audit(tx, 'member.remove', caller, of, { username: before.username }, now);
  });
}

/** Asked of a membership that exists: to others a hidden project must look like a missing one. */
async function isOwnMembership(
  session: Session,
  caller: Caller,
  target: MembershipTarget,
  accountId: number,
): Promise<boolean> {
  if (caller.kind !== 'user' || caller.accountId !== accountId || !mayUse(caller, 'write')) return false;
  return (await findMembership(session, target, accountId)) !== undefined;
}

async function checkMayManage(session: Session, caller: Caller, of: MembersOf, now: number): Promise<UserCaller> {
  const verdict =
    'project' in of
      ? await permitOnProject(session, caller, 'manage-members', of.project, now)
      : await permitOnGroup(session, caller, 'manage-members', of.group, now);
  if (!verdict.allowed) throw refusal(verdict, 'project' in of ? 'project' : 'group');
  if (caller.kind !== 'user') throw problem('forbidden', 'Only users can manage members.');
  return caller;
}

async function ownRole(session: Session, caller: UserCaller, of: MembersOf, now: number): Promise<AccessLevel | 0> {
  if (caller.isAdmin) return owner;
  const place =
    'project' in of
      ? { lineage: of.project.lineage, projectId: of.project.id }
      : { lineage: of.group.lineage, projectId: null };
  return roleOf(session, caller.accountId, place, now);
}

/** Who changes the members of one place takes turns, or two owners who leave would each rely on the other. */
async function hold(tx: Transaction, of: MembersOf): Promise<void> {
  if ('project' in of) {
    if (!(await lockRow(tx, 'project', of.project.id))) throw problem('project-not-found');
  } else if (!(await lockRow(tx, 'namespace', of.group.id))) throw problem('group-not-found');
}

/** A group at the top needs an owner of its own; below, those above it own it too. */
async function checkOwnerRemains(tx: Transaction, of: MembersOf, leaver: number, now: number): Promise<void> {
  if ('project' in of || of.group.parentId !== null) return;
  if (await hasOtherOwner(tx, of.group.id, leaver, now)) return;
  throw problem('forbidden', 'This is the last owner of the group: make somebody else an owner first.');
}

/** Who loses the role must not go on by having been named as maintainer of single packages. */
async function endPublishing(tx: Transaction, of: MembersOf, accountId: number): Promise<void> {
  await withdrawPublishing(tx, accountId, 'project' in of ? { projectId: of.project.id } : of.group);
}

function tooHigh() {
  return problem('forbidden', 'Members can give, change and take roles up to their own only.');
}

function targetOf(of: MembersOf): MembershipTarget {
  return 'project' in of ? { projectId: of.project.id } : { namespaceId: of.group.id };
}

async function audit(
  tx: Transaction,
  action: string,
  caller: Caller,
  of: MembersOf,
  details: Readonly<Record<string, unknown>>,
  now: number,
): Promise<void> {
  const projectId = 'project' in of ? of.project.id : null;
  const subject = 'project' in of ? `project:${of.project.fullPath}` : `group:${of.group.fullPath}`;
  await insertAudit(tx, { actor: actorOf(caller), action, projectId, subject, details }, now);
}
