/** Statements of one connection, compiled once per text, with their parameters checked. Synchronous; see `sqlite.ts`. */
import { LRUCache } from 'lru-cache';
import { problem } from '../problems/problem.ts';
import type { Row, SqlValue } from './database.ts';
import type { BoundValue, SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

/** More texts than Packyard has; some kilobytes each. */
const MOST_STATEMENTS = 256;

const READS = /^\s*(?:select|values|explain|pragma|with)\b/i;
const WRITES_AFTER_WITH = /^\s*with\b.*\b(?:insert|update|delete)\b/is;
const CHANGES_ROWS = /^\s*(?:insert|update|delete|replace|with)\b/i;
const QUOTED_OR_COMMENT = /'[^']*'|"[^"]*"|--[^\n]*|\/\*.*?\*\//gs;

interface Prepared {
  readonly statement: SqliteStatement;
  readonly placeholders: number;
  readonly changesRows: boolean;
}

/** Whether a text may run on the query-only connection. */
export const isRead = (sql: string): boolean => READS.test(sql) && !WRITES_AFTER_WITH.test(sql);

export class Statements {
  readonly #connection: SqliteConnection;
  readonly #prepared = new LRUCache<string, Prepared>({ max: MOST_STATEMENTS });

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  all(sql: string, params: readonly SqlValue[]): Row[] {
    const prepared = this.#prepare(sql);
    return prepared.statement.all(bind(sql, prepared, params));
  }

  get(sql: string, params: readonly SqlValue[]): Row | undefined {
    const prepared = this.#prepare(sql);
    return prepared.statement.get(bind(sql, prepared, params));
  }

  run(sql: string, params: readonly SqlValue[]): number {
    const prepared = this.#prepare(sql);
    const changes = prepared.statement.run(bind(sql, prepared, params));
    return prepared.changesRows ? changes : 0;
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const changesRows = CHANGES_ROWS.test(sql);
    const placeholders = sql.replace(QUOTED_OR_COMMENT, '').split('?').length - 1;
    const prepared = { statement: this.#connection.prepare(sql), placeholders, changesRows };
    // A schema change runs once: not worth keeping.
    if (changesRows || isRead(sql)) this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** The engine would take missing parameters for null and cut text at a NUL, silently. */
function bind(sql: string, prepared: Prepared, params: readonly SqlValue[]): BoundValue[] {
  if (params.length !== prepared.placeholders) {
    throw new TypeError(`${params.length} parameters for ${prepared.placeholders} placeholders: ${sql}`);
  }
  return params.map(boundValue);
}

function boundValue(value: SqlValue): BoundValue {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return BigInt(value);
    throw problem('invalid-parameter', 'Numbers must be whole and between -(2^53 - 1) and 2^53 - 1.');
  }
  if (typeof value === 'string' && value.includes('\0')) {
    throw problem('invalid-parameter', 'Text must not contain a NUL character.');
  }
  return value;
}
