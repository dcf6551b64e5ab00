import type { RegistryPort } from '../format.ts';
import { problem } from '../../problems/problem.ts';

/**
 * Members of a group, which is what an npm organisation is here, with GitLab's access level. `path` is the group's full
 * path. `group-not-found` when it is unknown, or hidden from the caller.
 */
export async function membersOf(registry: RegistryPort, path: string): Promise<ReadonlyMap<string, number>> {
  const members = await registry.accounts.groupMembers(path);
  if (members === null) throw problem('group-not-found', `There is no group ${path}, or you may not see it.`);
  return members;
}

/** A member's level; user names are equal whatever their case. */
export function levelOf(members: ReadonlyMap<string, number>, username: string): number | null {
  const wanted = username.toLowerCase();
  for (const [member, level] of members) if (member.toLowerCase() === wanted) return level;
  return null;
}
