import type { Session } from '../database/database.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

export interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly projectId: number | null;
  readonly subject: string;
  /** JSON object. */
  readonly details: string;
}

const columns = `e.id, e.at, e.actor, e.action, e.project_id as "projectId", e.subject, e.details`;

export interface AuditFilter {
  readonly projectId?: number;
  readonly actor?: string;
  readonly action?: string;
  /** Words in what it was done to. */
  readonly subject?: string;
  /** From this moment on. */
  readonly after?: number;
  /** Up to this moment. */
  readonly before?: number;
}

export function listAuditEvents(
  session: Session,
  filter: AuditFilter,
  options: ListOptions<'id'>,
): Promise<Listing<AuditRow>> {
  const where: Condition[] = [];
  const compare = (sql: string, value: string | number | undefined) => {
    if (value !== undefined) where.push({ sql, params: [value] });
  };
  compare('e.project_id = ?', filter.projectId);
  compare('e.actor = ?', filter.actor);
  compare('e.action = ?', filter.action);
  compare('e.at >= ?', filter.after);
  compare('e.at <= ?', filter.before);
  if (filter.subject !== undefined && filter.subject !== '') where.push(contains(['e.subject'], filter.subject));
  const query = { columns, from: 'audit_event e', where: both(...where), id: 'e.id', orderColumns: { id: 'e.id' } };
  return list<AuditRow, 'id'>(session, query, options);
}

export function findAuditEvent(session: Session, id: number): Promise<AuditRow | undefined> {
  return session.get<AuditRow>(`select ${columns} from audit_event e where e.id = ?`, [id]);
}
