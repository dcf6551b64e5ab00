import type { Session } from '../database/database.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

/** https://docs.gitlab.com/api/project_packages_protection_rules/ */
export interface ProtectionRule {
  readonly id: number;
  readonly projectId: number;
  readonly format: string;
  /** A glob for names. */
  readonly pattern: string;
  /** Least role that may publish, 60 = administrators; `null` = whoever may otherwise. */
  readonly pushLevel: number | null;
  /** The same for removing. */
  readonly deleteLevel: number | null;
}

export type ProtectionRuleFields = Omit<ProtectionRule, 'id'>;

const columns = `r.id, r.project_id as "projectId", r.format, r.pattern, r.push_level as "pushLevel",
  r.delete_level as "deleteLevel"`;

export function rulesOf(session: Session, projectId: number, format: string): Promise<ProtectionRule[]> {
  return session.all<ProtectionRule>(
    `select ${columns} from package_protection_rule r where r.project_id = ? and r.format = ?`,
    [projectId, format],
  );
}

export function listRules(
  session: Session,
  projectId: number,
  options: ListOptions<'id'>,
): Promise<Listing<ProtectionRule>> {
  const where = { sql: 'r.project_id = ?', params: [projectId] };
  const query = { columns, from: 'package_protection_rule r', where, id: 'r.id', orderColumns: { id: 'r.id' } };
  return list<ProtectionRule, 'id'>(session, query, options);
}

export async function countRules(session: Session, projectId: number): Promise<number> {
  const row = await session.get<{ total: number }>(
    'select count(*) as total from package_protection_rule where project_id = ?',
    [projectId],
  );
  return row?.total ?? 0;
}

export function findRule(session: Session, projectId: number, id: number): Promise<ProtectionRule | undefined> {
  return session.get<ProtectionRule>(
    `select ${columns} from package_protection_rule r where r.project_id = ? and r.id = ?`,
    [projectId, id],
  );
}

/** `undefined` = the project has a rule for that pattern already. */
export async function insertRule(
  tx: Session,
  fields: ProtectionRuleFields,
  now: number,
): Promise<ProtectionRule | undefined> {
  const row = await tx.get<{ id: number }>(
    `insert into package_protection_rule (project_id, format, pattern, push_level, delete_level, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?) on conflict (project_id, format, pattern) do nothing returning id`,
    [fields.projectId, fields.format, fields.pattern, fields.pushLevel, fields.deleteLevel, now, now],
  );
  return row === undefined ? undefined : { ...fields, id: row.id };
}

/** `false` = another rule of the project has that pattern. */
export async function updateRule(tx: Session, rule: ProtectionRule, now: number): Promise<boolean> {
  const changed = await tx.run(
    `update package_protection_rule set format = ?, pattern = ?, push_level = ?, delete_level = ?, updated_at = ?
     where id = ? and not exists (select 1 from package_protection_rule other
       where other.project_id = ? and other.format = ? and other.pattern = ? and other.id <> ?)`,
    [
      rule.format,
      rule.pattern,
      rule.pushLevel,
      rule.deleteLevel,
      now,
      rule.id,
      rule.projectId,
      rule.format,
      rule.pattern,
      rule.id,
    ],
  );
  return changed > 0;
}

export function deleteRule(tx: Session, id: number): Promise<number> {
  return tx.run('delete from package_protection_rule where id = ?', [id]);
}
