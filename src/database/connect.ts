import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

export interface OpenOptions {
  /** Most connections of this process to a PostgreSQL server. */
  readonly poolSize?: number;
}

/**
 * Opens the database that a URL names, without migrating it: `sqlite:packyard.db`, `sqlite:/var/lib/packyard.db`,
 * `sqlite:///var/lib/packyard.db`, `sqlite::memory:`, which is gone when it is closed, or `postgres://user@host/name`.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (url === 'sqlite::memory:') return openTemporary();
  if (url.startsWith('sqlite:')) return openSqlite(pathOf(url));
  if (/^postgres(ql)?:/.test(url)) return openPostgres(url, options);
  throw new Error('The database URL must be sqlite:<path> or postgres://…');
}

function pathOf(url: string): string {
  const path = url.slice('sqlite:'.length).replace(/^\/\//, '');
  if (path === '') throw new Error('The database URL sqlite: needs a path, such as sqlite:data/packyard.db.');
  return path;
}

/** Two connections cannot share the engine's own memory databases, so this is a file, without waiting for the disk. */
async function openTemporary(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-'));
  const database = await openSqlite(join(folder, 'packyard.db'), { durable: false });
  const close = database.close.bind(database);
  database.close = async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  return database;
}
