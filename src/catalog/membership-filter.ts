import type { AccessLevel } from './access-level.ts';
import type { Condition } from './condition.ts';

/** Conditions for lists of the places where an account itself has a role, whoever else may see them. */

interface Wanted {
  readonly accountId: number;
  readonly atLeast: AccessLevel;
  readonly now: number;
}

const held = 'm.account_id = ? and m.access_level >= ? and (m.expires_at is null or m.expires_at > ?)';

/** For a query over `project p join namespace n`: has the role in the project or anything above it. */
export function projectsOfMember({ accountId, atLeast, now }: Wanted): Condition {
  return {
    sql: `exists (select 1 from membership m where ${held}
      and (m.project_id = p.id or n.lineage like '%/' || m.namespace_id || '/%'))`,
    params: [accountId, atLeast, now],
  };
}

/** For a query over `namespace n`: has the role in it or anything above it. */
export function namespacesOfMember({ accountId, atLeast, now }: Wanted): Condition {
  return {
    sql: `exists (select 1 from membership m where ${held} and n.lineage like '%/' || m.namespace_id || '/%')`,
    params: [accountId, atLeast, now],
  };
}
