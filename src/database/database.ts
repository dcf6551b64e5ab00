/** The contract both engines keep: `test/contracts/database.contract.ts` runs it. Nothing above knows which one runs. */

/**
 * Numbers are safe integers; booleans are stored as 0 and 1; times are milliseconds since the epoch. Text is well-formed
 * Unicode (no lone surrogates) without NUL. Other values reject with `invalid-parameter`.
 */
export type SqlValue = string | number | null | Uint8Array;

export type Row = Record<string, SqlValue>;

/** One statement a call. `run` on the database itself, and `get` or `all` of one that writes, are a transaction each. */
export interface Session {
  readonly dialect: Dialect;
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
  /** Text that is compared and sorted by its bytes, and whose `lower` changes ASCII letters only. */
  readonly text: string;
  readonly bytes: string;
  /**
   * Ends a `select` of rows that nobody else may change before this transaction is over; waits for whoever has changed
   * them. Empty where one transaction runs at a time. What is read afterwards, by other statements, stays true.
   */
  readonly forUpdate: string;
  /** Statements with one placeholder for the number of the lock, held until the transaction ends; see `locks.ts`. */
  readonly lock: { readonly exclusive: string; readonly shared: string } | null;
}

export interface TransactionOptions {
  /** For migrations: statements may take any time, and locks are asked for again and again but never waited for long. */
  readonly patient?: boolean;
}

export interface Database extends Session {
  /**
   * Runs `work`, commits durably, then resolves. A rejection of `work` rolls back its own statements only. A unique
   * violation rejects with `UniqueViolation`. `work` awaits nothing but its own session, and may be run again after it
   * was rolled back. Once a statement of it failed it can only be rolled back, even when it catches the error: where a
   * duplicate is no failure, say `on conflict do nothing`.
   *
   * Others may commit between two statements of `work` (never on SQLite, always on PostgreSQL: read committed). What it
   * reads and then relies on must be locked first, by an update of the row, `Dialect.forUpdate` or `locks.ts`.
   *
   * Rejects with `storage-full` or `storage-unavailable` when the database cannot be written or stays locked. Then
   * nothing was stored, except when the connection was lost during the commit itself: the reason says so.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * A value that differs as soon as anything committed to the database since, by whichever process; `null` where the
   * engine cannot tell for less than a look-up. Cheap enough to ask on every request. Taken before a read, it never
   * belongs to older rows than those read.
   */
  stamp(): number | null;
  /**
   * The same for a look-up, which all share who ask at the same time: for engines whose `stamp` is `null`. It is of a
   * moment after the call. `null` when even this can't tell. Rejects as a look-up does.
   */
  askStamp(): Promise<number | null>;
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
