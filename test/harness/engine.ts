/** Which database the tests run on: SQLite, or with `PACKYARD_TEST_ENGINE=postgres` what `postgres-setup.ts` provides. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/connect.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { executeAt } from './postgres.ts';

export const engine = process.env['PACKYARD_TEST_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite';

/** A migrated database: copying it is faster than migrating. */
export const template = 'packyard_template';

export interface FreshDatabase {
  /** For `openDatabase`, in any process. */
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of one's own, which several processes may open. Nothing is in it but, if so wanted, the schema. */
export function freshDatabase(content: 'schema' | 'nothing' = 'schema'): Promise<FreshDatabase> {
  return engine === 'postgres' ? freshPostgres(content) : freshSqlite(content);
}

/** The same, opened; it is gone when it is closed. */
export async function openFreshDatabase(): Promise<Database> {
  if (engine === 'sqlite') {
    const database = await openDatabase('sqlite::memory:');
    await migrate(database);
    return database;
  }
  const fresh = await freshPostgres('schema');
  const database = await openDatabase(fresh.url);
  const close = database.close.bind(database);
  database.close = async () => {
    await close();
    await fresh.drop();
  };
  return database;
}

async function freshSqlite(content: 'schema' | 'nothing'): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-database-'));
  const url = `sqlite:${join(folder, 'packyard.db')}`;
  if (content === 'schema') {
    const database = await openDatabase(url);
    await migrate(database);
    await database.close();
  }
  return { url, drop: () => rm(folder, { recursive: true }) };
}

/** Databases of this process that nobody uses any more: emptying one takes a tenth of the time of making one. */
const spare: string[] = [];

async function freshPostgres(content: 'schema' | 'nothing'): Promise<FreshDatabase> {
  if (content === 'schema') {
    const url = spare.pop() ?? (await createPostgres(template));
    return { url, drop: async () => void spare.push(await emptied(url)) };
  }
  const url = await createPostgres('template0');
  return { url, drop: async () => void (await executeAt(serverUrl(), `drop database ${nameIn(url)} with (force)`)) };
}

async function createPostgres(from: string): Promise<string> {
  const url = new URL(serverUrl());
  url.pathname = `/test_${randomBytes(8).toString('hex')}`;
  await executeAt(serverUrl(), `create database ${nameIn(url.href)} template ${from}`);
  return url.href;
}

/** As the migrations left it. */
async function emptied(url: string): Promise<string> {
  await executeAt(
    url,
    `do $$ declare each record; begin
       set local session_replication_role = replica;
       set local lock_timeout = '5s';
       for each in select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migration'
       loop execute format('delete from %I', each.name); end loop;
       for each in select sequencename as name from pg_sequences where schemaname = 'public'
       loop perform setval(each.name::regclass, 1, false); end loop;
     end $$`,
  );
  return url;
}

const nameIn = (url: string): string => new URL(url).pathname.slice(1);

function serverUrl(): string {
  const server = process.env['PACKYARD_TEST_POSTGRES'];
  if (server === undefined) throw new Error('PACKYARD_TEST_ENGINE=postgres works in vitest runs only.');
  return server;
}
