import { developer } from '../access/caller.ts';
import { removeMember, setMember } from '../access/members.ts';
import { permitOnGroup, permitOnProject } from '../access/permit.ts';
import { missing, refusal } from '../access/refusal.ts';
import { isAccessLevel } from '../catalog/access-level.ts';
import { findAccountNamed } from '../catalog/accounts.ts';
import { listAllMembers } from '../catalog/memberships.ts';
import { findGroup, type Namespace } from '../catalog/namespaces.ts';
import { problem } from '../problems/problem.ts';
import type { Binding } from './mount.ts';

const most = { limit: 10_000, offset: 0 };

/** Members of the mount's project, inherited ones too, and what they may do with its packages. */
export async function collaboratorsOf({ mount, services, caller }: Binding): Promise<Map<string, 'read' | 'write'>> {
  if (mount.scope !== 'project') throw problem('method-not-allowed', 'Ask the URL of a project for its collaborators.');
  const { project } = mount;
  const verdict = await permitOnProject(services.database, caller, 'read-project', project, services.now());
  if (!verdict.allowed) throw refusal(verdict, 'project');
  const place = { lineage: project.lineage, projectId: project.id };
  const { items } = await listAllMembers(services.database, place, most, services.now());
  return new Map(items.map((member) => [member.username, member.accessLevel >= developer ? 'write' : 'read']));
}

/** Members of a group, inherited ones too, with their access level; `null` when it is unknown or hidden. */
export async function groupMembers({ services, caller }: Binding, path: string): Promise<Map<string, number> | null> {
  const group = await findGroup(services.database, path);
  if (group === undefined) return null;
  const verdict = await permitOnGroup(services.database, caller, 'read-group', group, services.now());
  if (!verdict.allowed) return null;
  const place = { lineage: group.lineage, projectId: null };
  const { items } = await listAllMembers(services.database, place, most, services.now());
  return new Map(items.map((member) => [member.username, member.accessLevel]));
}

export async function setGroupMember(
  binding: Binding,
  path: string,
  username: string,
  accessLevel: number,
): Promise<void> {
  if (!isAccessLevel(accessLevel)) throw problem('invalid-parameter', 'access_level does not have a valid value');
  const { database, now } = binding.services;
  const group = await groupToChange(binding, path);
  const accountId = await accountIdOf(binding, username);
  await setMember(database, binding.caller, { group }, { accountId, accessLevel }, now());
}

export async function removeGroupMember(binding: Binding, path: string, username: string): Promise<void> {
  const { database, now } = binding.services;
  const group = await groupToChange(binding, path);
  await removeMember(database, binding.caller, { group }, await accountIdOf(binding, username), now());
}

async function groupToChange({ services, caller }: Binding, path: string): Promise<Namespace> {
  const group = await findGroup(services.database, path);
  if (group === undefined) throw missing(caller, 'group');
  const verdict = await permitOnGroup(services.database, caller, 'manage-members', group, services.now());
  if (!verdict.allowed) throw refusal(verdict, 'group');
  return group;
}

async function accountIdOf({ services }: Binding, username: string): Promise<number> {
  const account = await findAccountNamed(services.database, username);
  if (account === undefined) throw problem('user-not-found', `There is no user ${username}.`);
  return account.id;
}
