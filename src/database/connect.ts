import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { openSqlite } from './sqlite.ts';

/**
 * Opens the database that a URL names, without migrating it: `sqlite:packyard.db`, `sqlite:/var/lib/packyard.db`,
 * `sqlite:///var/lib/packyard.db`, or `sqlite::memory:`, which is gone when it is closed.
 */
export async function openDatabase(url: string): Promise<Database> {
  if (url === 'sqlite::memory:') return openTemporary();
  if (url.startsWith('sqlite:')) return openSqlite(pathOf(url));
  if (/^postgres(ql)?:/.test(url))
    throw new Error('PostgreSQL is not in this version of Packyard yet. Use sqlite:<path>.');
  throw new Error('The database URL must be sqlite:<path>.');
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
