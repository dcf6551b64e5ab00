/**
 * Rows that a transaction holds on to while it decides what depends on them: whoever else wants to decide the same waits
 * until it has ended, and what is read after the lock stays true. On SQLite, where one transaction runs at a time, these
 * are look-ups at most.
 */
import type { Session } from '../database/database.ts';

/** `false` when there is no such row (any more). */
export async function lockRow(tx: Session, table: 'namespace' | 'project', id: number): Promise<boolean> {
  const row = await tx.get(`select id from ${table} where id = ? ${tx.dialect.forUpdate}`, [id]);
  return row !== undefined;
}

/**
 * Waits for publishes of these bytes, which hold the row from before they name it in a file. A statement of its own: only
 * the next one sees what was committed while this one waited.
 */
export async function lockBlob(tx: Session, sha256: string): Promise<void> {
  if (tx.dialect.forUpdate === '') return;
  await tx.get(`select sha256 from blob where sha256 = ? ${tx.dialect.forUpdate}`, [sha256]);
}
