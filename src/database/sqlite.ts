/**
 * SQLite behind the `Database` contract: one connection reads and cannot write, one writes. The write-ahead log keeps
 * them out of each other's way, and a statement outside a transaction sees exactly what is committed.
 */
import type { Database, Row, SqlValue, Transaction } from './database.ts';
import { sqliteDialect } from './dialects/sqlite.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import { LOCK_WAIT, retryWhileBusy } from './sqlite-busy.ts';
import { loadSqlite, type SqliteConnection, type SqliteStatement } from './sqlite-driver.ts';
import { isBusy, translate } from './sqlite-errors.ts';
import { prepareFile } from './sqlite-file.ts';
import { claim } from './sqlite-ownership.ts';
import { isRead } from './sql-text.ts';
import { Statements } from './sqlite-statements.ts';

export interface SqliteOptions extends GroupCommitOptions {
  /** `false` commits without fsync: for databases that need not survive a power cut, such as a test's. */
  readonly durable?: boolean;
}

/** Rejects with a sentence for the administrator when the file cannot be opened or is not Packyard's. */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<Database> {
  const connect = await loadSqlite();
  await prepareFile(path);
  const writes = connect(path);
  const reads = connect(path);
  try {
    await retryWhileBusy(() => setUpWriter(writes, path, options), options.lockWait);
    await retryWhileBusy(() => setUpReader(reads), options.lockWait);
    return new SqliteDatabase(reads, writes, options);
  } catch (error) {
    reads.close();
    writes.close();
    throw error;
  }
}

function setUpWriter(connection: SqliteConnection, path: string, { durable = true }: SqliteOptions): void {
  claim(connection, path);
  connection.exec(`
    pragma synchronous = ${durable ? 'full' : 'off'};
    pragma fullfsync = ${durable ? 'on' : 'off'};
    pragma foreign_keys = on;
    pragma trusted_schema = off;
    pragma temp_store = memory;
    pragma cache_size = -2000;
    pragma journal_size_limit = 16777216;
    pragma busy_timeout = 0;
  `);
}

function setUpReader(connection: SqliteConnection): void {
  connection.exec(`
    pragma query_only = on;
    pragma trusted_schema = off;
    pragma temp_store = memory;
    pragma cache_size = -4000;
    pragma busy_timeout = 20;
  `);
}

class SqliteDatabase implements Database {
  readonly dialect = sqliteDialect;
  readonly #reads: SqliteConnection;
  readonly #writes: SqliteConnection;
  readonly #statements: Statements;
  readonly #commits: GroupCommit;
  readonly #dataVersion: SqliteStatement;
  readonly #lockWait: number;
  #closing: Promise<void> | null = null;

  constructor(reads: SqliteConnection, writes: SqliteConnection, options: SqliteOptions) {
    this.#reads = reads;
    this.#writes = writes;
    this.#statements = new Statements(reads);
    this.#commits = new GroupCommit(writes, options);
    this.#dataVersion = reads.prepare('pragma data_version');
    this.#lockWait = options.lockWait ?? LOCK_WAIT;
  }

  all<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    if (!isRead(sql)) return this.transaction((tx) => tx.all<T>(sql, params));
    return this.#read(() => this.#statements.all(sql, params) as T[]);
  }

  get<T = Row>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    if (!isRead(sql)) return this.transaction((tx) => tx.get<T>(sql, params));
    return this.#read(() => this.#statements.get(sql, params) as T | undefined);
  }

  run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return this.transaction((tx) => tx.run(sql, params));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#commits.transaction(work);
  }

  /** Counts the commits of all other connections, the writer's included. https://www.sqlite.org/pragma.html#pragma_data_version */
  stamp(): number | null {
    try {
      return this.#dataVersion.get([])?.['data_version'] as number;
    } catch {
      return null;
    }
  }

  async askStamp(): Promise<number | null> {
    return this.stamp();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.close();
    this.#reads.close();
    try {
      this.#writes.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // Another process is reading: the log stays, and whoever opens the database next goes on with it.
    }
    this.#writes.close();
  }

  async #read<T>(step: () => T): Promise<T> {
    try {
      return step();
    } catch (error) {
      if (!isBusy(error)) throw translate(error);
    }
    try {
      return await retryWhileBusy(step, this.#lockWait);
    } catch (error) {
      throw translate(error);
    }
  }
}
