/**
 * The only file that knows a SQLite binding. Node >= 22.13 has one (https://nodejs.org/api/sqlite.html); before that the
 * optional package `@photostructure/sqlite` offers the same `DatabaseSync`. Everything here is synchronous and throws
 * the binding's own errors: `sqlite-errors.ts` reads them.
 */
import type { Row } from './database.ts';

/** What reaches the binding: whole numbers as `bigint`, because a `number` is bound as a float. */
export type BoundValue = string | bigint | null | Uint8Array;

export interface SqliteStatement {
  all(params: readonly BoundValue[]): Row[];
  get(params: readonly BoundValue[]): Row | undefined;
  /** Number of rows changed by the last insert, update or delete of the connection. */
  run(params?: readonly BoundValue[]): number;
}

export interface SqliteConnection {
  /** Compiles one statement; text after its end is ignored by the engine. */
  prepare(sql: string): SqliteStatement;
  /** Runs any number of statements without parameters. */
  exec(sql: string): void;
  /** `@photostructure/sqlite` lets the file go only when the statements have been garbage-collected too. */
  close(): void;
}

/** Opens the file, creating it when it is not there. */
export type OpenConnection = (path: string) => SqliteConnection;

interface NativeStatement {
  all(...params: readonly BoundValue[]): unknown[];
  get(...params: readonly BoundValue[]): unknown;
  run(...params: readonly BoundValue[]): { changes: number | bigint };
  setReturnArrays?(enabled: boolean): void;
  columns?(): { name: string }[];
}

interface NativeDatabase {
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
}

interface NativeModule {
  DatabaseSync: new (path: string) => NativeDatabase;
}

/** Rejects with one sentence that says what to install when no binding loads. */
export async function loadSqlite(): Promise<OpenConnection> {
  const { DatabaseSync } = await loadNativeModule();
  return (path) => {
    const native = new DatabaseSync(path);
    return {
      prepare: (sql) => fastest(native.prepare(sql)),
      exec: (sql) => native.exec(sql),
      close: () => native.close(),
    };
  };
}

async function loadNativeModule(): Promise<NativeModule> {
  const builtIn: unknown = process.getBuiltinModule('node:sqlite');
  if (builtIn !== undefined) return builtIn as NativeModule;
  try {
    return await import('@photostructure/sqlite');
  } catch (cause) {
    throw new Error(
      `No SQLite found: Node ${process.versions.node} has none built in and the package @photostructure/sqlite does not ` +
        'load. Run Packyard with Node 22.13 or later, or install its optional dependencies.',
      { cause },
    );
  }
}

/** Rows as arrays are 40 % faster to fetch than as objects, and let us build plain objects (Node >= 22.16). */
function fastest(native: NativeStatement): SqliteStatement {
  if (native.setReturnArrays === undefined) return objectStatement(native);
  native.setReturnArrays(true);
  return arrayStatement(native);
}

function arrayStatement(native: NativeStatement): SqliteStatement {
  let names: readonly string[] = [];
  const toRow = (values: Row[string][]): Row => {
    // Another process may have added columns since the statement was compiled: `select *` then grows.
    if (values.length !== names.length) names = (native.columns?.() ?? []).map(({ name }) => name);
    const row: Row = {};
    for (let index = 0; index < values.length; index++) row[names[index] as string] = values[index] as Row[string];
    return row;
  };
  return {
    all: (params) => (native.all(...params) as Row[string][][]).map(toRow),
    get: (params) => {
      const values = native.get(...params) as Row[string][] | undefined;
      return values === undefined ? undefined : toRow(values);
    },
    run: (params = []) => Number(native.run(...params).changes),
  };
}

function objectStatement(native: NativeStatement): SqliteStatement {
  return {
    all: (params) => (native.all(...params) as Row[]).map((row) => ({ ...row })),
    get: (params) => {
      const row = native.get(...params) as Row | undefined;
      return row === undefined ? undefined : { ...row };
    },
    run: (params = []) => Number(native.run(...params).changes),
  };
}
