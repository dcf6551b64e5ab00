/** Statements of one connection, compiled once per text, with their parameters checked. Synchronous; see `sqlite.ts`. */
import { LRUCache } from 'lru-cache';
import type { Row, SqlValue } from './database.ts';
import { changesRows, checkCount, isRead, numberPlaceholders } from './sql-text.ts';
import { checkValue } from './sql-value.ts';
import type { BoundValue, SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

/** More texts than Packyard has; some kilobytes each. */
const MOST_STATEMENTS = 256;

interface Prepared {
  readonly statement: SqliteStatement;
  readonly placeholders: number;
  readonly changesRows: boolean;
}

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
    const { placeholders } = numberPlaceholders(sql);
    const prepared = { statement: this.#connection.prepare(sql), placeholders, changesRows: changesRows(sql) };
    // A schema change runs once: not worth keeping.
    if (prepared.changesRows || isRead(sql)) this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function bind(sql: string, prepared: Prepared, params: readonly SqlValue[]): BoundValue[] {
  checkCount(sql, prepared.placeholders, params);
  return params.map(boundValue);
}

/** A `number` would be bound as a float. */
function boundValue(value: SqlValue): BoundValue {
  checkValue(value);
  return typeof value === 'number' ? BigInt(value) : value;
}
