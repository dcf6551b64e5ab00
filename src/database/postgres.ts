/**
 * PostgreSQL behind the `Database` contract: a pool of connections, transactions in read committed, and another attempt
 * where it is safe. What that means for those above: `docs/decisions/0011-postgresql.md`.
 */
import type { QueryResult } from 'pg';
import { problem } from '../problems/problem.ts';
import type { Database, Row, SqlValue, Transaction, TransactionOptions } from './database.ts';
import { postgresDialect } from './dialects/postgres.ts';
import { Attempts } from './postgres-attempts.ts';
import { type ConnectionOptions, Connections } from './postgres-connections.ts';
import { failureOf, translate } from './postgres-errors.ts';
import { execute } from './postgres-execute.ts';
import { SharedStamp, stateQuery } from './postgres-stamp.ts';
import { openFirst } from './postgres-start.ts';
import { Statements } from './postgres-statements.ts';
import { attempt, outcomeUnknown } from './postgres-work.ts';
import { isRead } from './sql-text.ts';

export type PostgresOptions = ConnectionOptions;

/** Rejects with a sentence for the administrator when the server cannot be reached, or Packyard can't run on it. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Database> {
  const { default: pg } = await import('pg');
  const connections = new Connections(pg.Pool, url, options);
  await openFirst(connections, url);
  return new PostgresDatabase(connections);
}

class PostgresDatabase implements Database {
  readonly dialect = postgresDialect;
  readonly #connections: Connections;
  readonly #statements = new Statements();
  readonly #stamp = new SharedStamp(async () => (await this.get<{ state: string }>(stateQuery))?.state ?? '');
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async all<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return (await this.#alone(sql, params)).rows as T[];
  }

  async get<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.#alone(sql, params)).rows[0] as T | undefined;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return (await this.#alone(sql, params)).rowCount ?? 0;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, { patient = false }: TransactionOptions = {}): Promise<T> {
    return this.#unlessClosing(async () => {
      const attempts = new Attempts(this.#statements, patient);
      const options = { statements: this.#statements, answerLimit: this.#connections.answerLimit, patient };
      for (;;) {
        const client = await this.#connections.acquire();
        const ended = await attempt(client, work, options);
        client.release(ended.broken);
        if ('value' in ended) return ended.value;
        await attempts.next(ended);
      }
    });
  }

  /** Nothing that costs less than a look-up tells of other processes' commits. */
  stamp(): null {
    return null;
  }

  askStamp(): Promise<number> {
    return this.#stamp.ask();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#connections.close();
  }

  /** One statement that is a transaction of its own. */
  #alone(sql: string, params: readonly SqlValue[]): Promise<QueryResult> {
    return this.#unlessClosing(async () => {
      const attempts = new Attempts(this.#statements, false);
      for (;;) {
        const query = this.#statements.query(sql, params);
        const client = await this.#connections.acquire();
        try {
          const result = await execute(client, query, this.#connections.answerLimit);
          client.release();
          return result;
        } catch (error) {
          const failure = failureOf(error);
          client.release(failure === 'lost');
          const open = failure === 'lost' && !isRead(sql);
          await attempts.next(
            open ? { failure: 'other', reason: outcomeUnknown(error) } : { failure, reason: translate(error) },
          );
        }
      }
    });
  }

  async #unlessClosing<T>(job: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw problem('shutting-down', 'The server is stopping. Try again.');
    const running = job();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
