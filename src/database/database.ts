/** The contract both engines keep: `test/contracts/database.contract.ts` runs it. Nothing above knows which one runs. */

/**
 * Numbers are safe integers; booleans are stored as 0 and 1; times are milliseconds since the epoch. Text holds no NUL.
 * Other values reject with `invalid-parameter`.
 */
export type SqlValue = string | number | null | Uint8Array;

export type Row = Record<string, SqlValue>;

/** One statement a call. `run` on the database itself, and `get` or `all` of one that writes, are a transaction each. */
export interface Session {
  /** Placeholders are `?`, as many as parameters; the dialect renumbers them where it must. */
  all<T = Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>;
  get<T = Row>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>;
  /** Number of rows inserted, updated or deleted. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
}

export interface Transaction extends Session {
  readonly transaction: true;
}

/** What may differ between the engines' SQL, for the few places where one text does not do. */
export interface Dialect {
  readonly id: 'sqlite' | 'postgres';
  /** Column definition of an id that counts up: `integer primary key autoincrement`. */
  readonly identity: string;
  readonly bigint: string;
  readonly bytes: string;
}

export interface Database extends Session {
  readonly dialect: Dialect;
  /**
   * Runs `work` with the write lock, commits durably, then resolves: several waiting transactions may share one commit.
   * A rejection of `work` rolls back its own statements only. A unique violation rejects with `UniqueViolation`.
   * `work` awaits nothing but its own session. Once a statement of it failed it can only be rolled back, even when it
   * catches the error: where a duplicate is no failure, say `on conflict do nothing`.
   * Rejects with `storage-full` or `storage-unavailable` when the database cannot be written or stays locked.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * A value that differs as soon as anything committed to the database since, by whichever process; `null` where the
   * engine cannot tell for less than a look-up. Cheap enough to ask on every request. Taken before a read, it never
   * belongs to older rows than those read.
   */
  stamp(): number | null;
  /** Refuses new transactions with `shutting-down`, finishes those that wait, and closes. Safe to repeat. */
  close(): Promise<void>;
}

/** Thrown when a unique constraint refused a row: the domain outcome "exists". */
export class UniqueViolation extends Error {
  /** `table.column, table.column`, as far as the engine tells. */
  readonly constraint: string;
  constructor(constraint: string) {
    super(`unique constraint failed: ${constraint}`);
    this.name = 'UniqueViolation';
    this.constraint = constraint;
  }
}

/** Thrown when a foreign key refused a row: what it points to is gone, or what points to it is still there. */
export class ForeignKeyViolation extends Error {
  constructor() {
    super('foreign key constraint failed');
    this.name = 'ForeignKeyViolation';
  }
}
