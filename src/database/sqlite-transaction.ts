import type { Row, SqlValue, Transaction } from './database.ts';
import { sqliteDialect } from './dialects/sqlite.ts';
import { translate } from './sqlite-errors.ts';
import type { Statements } from './sqlite-statements.ts';

/**
 * The session that one `work` is handed. Statements run at once, in the order of the calls. After a failed statement it
 * takes no further one, as in PostgreSQL; after `end` it takes none either, so that a straggler cannot write into the
 * next caller's transaction.
 */
export class SqliteTransaction implements Transaction {
  readonly transaction = true;
  readonly dialect = sqliteDialect;
  readonly #statements: Statements;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  async all<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return this.#step(() => this.#statements.all(sql, params)) as T[];
  }

  async get<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return this.#step(() => this.#statements.get(sql, params)) as T | undefined;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return this.#step(() => this.#statements.run(sql, params));
  }

  /** What the failed statement was rejected with, even if `work` caught it. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  end(): void {
    this.#ended = true;
  }

  #step<T>(step: () => T): T {
    if (this.#ended) throw new Error('This transaction is over: every statement must be awaited before work returns.');
    if (this.#failure !== null) throw this.#failure.error;
    try {
      return step();
    } catch (error) {
      this.#failure = { error: translate(error) };
      throw this.#failure.error;
    }
  }
}
