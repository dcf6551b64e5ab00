import type { Condition } from '../catalog/condition.ts';
import type { Session } from '../database/database.ts';
import type { Caller } from './caller.ts';
import { mayUse } from './scopes.ts';

/**
 * Conditions for lists. They say the same as `permit.ts` says of one project or group; `visible.store.test.ts` holds
 * both against each other.
 */

const everything: Condition = { sql: '1 = 1', params: [] };
const nothing: Condition = { sql: '1 = 0', params: [] };

const unexpiredMembership = 'm.account_id = ? and (m.expires_at is null or m.expires_at > ?)';

/**
 * For a query over `project p join namespace n on n.id = p.namespace_id`: this caller may read the project
 * (`projects`: GitLab's `read_project`), or the packages in it (`packages`).
 */
export function visibleProjects(caller: Caller, purpose: 'projects' | 'packages', now: number = Date.now()): Condition {
  if (!mayUse(caller, purpose === 'packages' ? 'read-packages' : 'read')) return nothing;
  const member = covered(caller, now);
  const seen = { sql: `${openTo(caller, 'p.visibility')} or ${member.sql}`, params: member.params };
  if (purpose === 'projects') return seen;
  return {
    sql: `p.packages_access = 'public' or (p.packages_access = 'enabled' and (${seen.sql}))
      or (p.packages_access = 'private' and ${member.sql})`,
    params: [...seen.params, ...member.params],
  };
}

/** The caller is a member of the project or of something above it, an administrator, or a deploy token for it. */
function covered(caller: Caller, now: number): Condition {
  if (caller.kind === 'anonymous') return nothing;
  if (caller.kind === 'deploy-token') {
    return caller.projectId === null
      ? { sql: 'n.lineage like ?', params: [`%/${caller.namespaceId}/%`] }
      : { sql: 'p.id = ?', params: [caller.projectId] };
  }
  if (caller.isAdmin) return everything;
  return {
    sql: `exists (select 1 from membership m where ${unexpiredMembership}
      and (m.project_id = p.id or n.lineage like '%/' || m.namespace_id || '/%'))`,
    params: [caller.accountId, now],
  };
}

/**
 * For a query over `namespace n`: this caller may see the group, because it is open, or because the caller belongs to
 * it, to something above it or to something below it.
 */
export function visibleGroups(caller: Caller, purpose: 'groups' | 'packages', now: number = Date.now()): Condition {
  if (!mayUse(caller, purpose === 'packages' ? 'read-packages' : 'read')) return nothing;
  const belongs = belongsTo(caller, now);
  return { sql: `${openTo(caller, 'n.visibility')} or ${belongs.sql}`, params: belongs.params };
}

/** `true` when the caller belongs to the group, or to something above or below it, whatever its visibility. */
export async function belongsToGroup(session: Session, caller: Caller, groupId: number, now: number): Promise<boolean> {
  const belongs = belongsTo(caller, now);
  const sql = `select 1 as found from namespace n where n.id = ? and ${belongs.sql}`;
  return (await session.get(sql, [groupId, ...belongs.params])) !== undefined;
}

function belongsTo(caller: Caller, now: number): Condition {
  if (caller.kind === 'anonymous') return nothing;
  if (caller.kind === 'deploy-token') {
    const home =
      caller.projectId === null ? 'h.id = ?' : 'h.id = (select p.namespace_id from project p where p.id = ?)';
    const above = caller.projectId === null ? "n.lineage like h.lineage || '%' or " : '';
    return {
      sql: `exists (select 1 from namespace h where ${home} and (${above}h.lineage like n.lineage || '%'))`,
      params: [caller.projectId ?? caller.namespaceId],
    };
  }
  if (caller.isAdmin) return everything;
  return {
    sql: `exists (select 1 from membership m
      left join project mp on mp.id = m.project_id
      join namespace h on h.id = coalesce(m.namespace_id, mp.namespace_id)
      where ${unexpiredMembership}
        and (h.lineage like n.lineage || '%' or (m.project_id is null and n.lineage like h.lineage || '%')))`,
    params: [caller.accountId, now],
  };
}

/** Internal things are open to people who signed in; bots and deploy tokens stay in the place they were made for. */
function openTo(caller: Caller, column: string): string {
  return caller.kind === 'user' && !caller.isBot ? `${column} in ('public', 'internal')` : `${column} = 'public'`;
}
