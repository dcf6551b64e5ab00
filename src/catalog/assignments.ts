import type { SqlValue } from '../database/database.ts';
import type { Condition } from './condition.ts';

/** The `set` clause for the columns that have a value; `undefined` ones stay as they are. */
export function assignments(columns: Readonly<Record<string, SqlValue | undefined>>): Condition {
  const given = Object.entries(columns).filter((entry): entry is [string, SqlValue] => entry[1] !== undefined);
  return { sql: given.map(([column]) => `${column} = ?`).join(', '), params: given.map(([, value]) => value) };
}
