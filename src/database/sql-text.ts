/** What can be told of a statement from its text alone. */

const READS = /^\s*(?:select|values|explain|pragma|with)\b/i;
const WRITES_AFTER_WITH = /^\s*with\b.*\b(?:insert|update|delete)\b/is;
const CHANGES_ROWS = /^\s*(?:insert|update|delete|replace|with)\b/i;
const PLACEHOLDER_OR_OPAQUE = /\?|'[^']*'|"[^"]*"|--[^\n]*|\/\*.*?\*\//gs;

/** Whether it changes nothing: it may run on a connection that only reads, and be repeated. */
export const isRead = (sql: string): boolean => READS.test(sql) && !WRITES_AFTER_WITH.test(sql);

export const changesRows = (sql: string): boolean => CHANGES_ROWS.test(sql);

/** The text with `$1`, `$2`, … in place of its `?`, those in strings, names and comments left alone, and their number. */
export function numberPlaceholders(sql: string): { readonly text: string; readonly placeholders: number } {
  let placeholders = 0;
  const text = sql.replace(PLACEHOLDER_OR_OPAQUE, (found) => (found === '?' ? `$${++placeholders}` : found));
  return { text, placeholders };
}

/** An engine would take missing parameters for null, and ignore others, silently. */
export function checkCount(sql: string, placeholders: number, params: readonly unknown[]): void {
  if (params.length === placeholders) return;
  throw new TypeError(`${params.length} parameters for ${placeholders} placeholders: ${sql}`);
}
