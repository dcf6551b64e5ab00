import type { Session } from '../database/database.ts';

export interface AuditEntry {
  /** `user:alice`, `deploy-token:7`, `system`. */
  readonly actor: string;
  /** `package.publish`, `package.remove`, `token.create`, … */
  readonly action: string;
  readonly projectId: number | null;
  /** What it was done to: `npm:left-pad@1.0.0`. */
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit trail; there is no function that changes or removes an entry. */
export function insertAudit(tx: Session, entry: AuditEntry, now: number): Promise<number> {
  return tx.run('insert into audit_event (at, actor, action, project_id, subject, details) values (?, ?, ?, ?, ?, ?)', [
    now,
    entry.actor,
    entry.action,
    entry.projectId,
    entry.subject,
    JSON.stringify(entry.details ?? {}),
  ]);
}
