/** The contract both engines keep: `test/contracts/database.contract.ts` runs it. Nothing above knows which one runs. */

/** Numbers are safe integers; booleans are stored as 0 and 1; times are milliseconds since the epoch. */
export type SqlValue = string | number | null | Uint8Array;

export type Row = Record<string, SqlValue>;

export interface Session {
  /** Placeholders are `?`; the dialect renumbers them where it must. */
  all<T = Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>;
  get<T = Row>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>;
  /** Number of rows changed. */
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
   * `work` awaits nothing but its own session.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * A value that differs as soon as anything committed to the database since, by whichever process; `null` where the
   * engine cannot tell for less than a look-up. Cheap enough to ask on every request.
   */
  stamp(): number | null;
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
