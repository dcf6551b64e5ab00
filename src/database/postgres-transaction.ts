import type { PoolClient, QueryResult } from 'pg';
import type { Row, SqlValue, Transaction } from './database.ts';
import { postgresDialect } from './dialects/postgres.ts';
import { translate } from './postgres-errors.ts';
import { execute } from './postgres-execute.ts';
import type { Statements } from './postgres-statements.ts';

/**
 * The session that one `work` is handed. After a failed statement it takes no further one, nor after `end`, so that a
 * straggler cannot write into the next caller's transaction.
 */
export class PostgresTransaction implements Transaction {
  readonly transaction = true;
  readonly dialect = postgresDialect;
  readonly #client: PoolClient;
  readonly #statements: Statements;
  readonly #answerLimit: number;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  /** `answerLimit` 0: any time. */
  constructor(client: PoolClient, statements: Statements, answerLimit: number) {
    this.#client = client;
    this.#statements = statements;
    this.#answerLimit = answerLimit;
  }

  async all<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return (await this.#step(sql, params)).rows as T[];
  }

  async get<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.#step(sql, params)).rows[0] as T | undefined;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return (await this.#step(sql, params)).rowCount ?? 0;
  }

  /** What the first failed statement was rejected with by the server, even if `work` caught it. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  end(): void {
    this.#ended = true;
  }

  async #step(sql: string, params: readonly SqlValue[]): Promise<QueryResult> {
    if (this.#ended) throw new Error('This transaction is over: every statement must be awaited before work returns.');
    if (this.#failure !== null) throw translate(this.#failure.error);
    try {
      return await execute(this.#client, this.#statements.query(sql, params), this.#answerLimit);
    } catch (error) {
      this.#failure ??= { error };
      throw translate(error);
    }
  }
}
