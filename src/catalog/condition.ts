import type { SqlValue } from '../database/database.ts';

/** A piece of a `where` clause with the values of its placeholders, in order. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export const always: Condition = { sql: '1 = 1', params: [] };

export function both(...conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return always;
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' and '),
    params: conditions.flatMap(({ params }) => params),
  };
}

/** `words` occur in one of the columns, taken literally and ignoring ASCII case. */
export function contains(columns: readonly string[], words: string): Condition {
  const pattern = `%${words.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return {
    sql: columns.map((column) => `lower(${column}) like ? escape '\\'`).join(' or '),
    params: columns.map(() => pattern),
  };
}
