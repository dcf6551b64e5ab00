import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/connect.ts';
import { engine, freshPostgres } from '../harness/engine.ts';
import { databaseContract, type OpenedDatabase } from './database.contract.ts';

if (engine === 'sqlite') databaseContract('SQLite', openSqliteFile);
else databaseContract('PostgreSQL', openEmptyPostgres);

async function openSqliteFile(): Promise<OpenedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-database-'));
  const url = `sqlite:${join(folder, 'packyard.db')}`;
  const db = await openDatabase(url);
  const cleanup = async () => {
    await db.close();
    await rm(folder, { recursive: true });
  };
  return { db, url, cleanup };
}

async function openEmptyPostgres(): Promise<OpenedDatabase> {
  const database = await freshPostgres('empty');
  const { url } = database;
  const db = await openDatabase(url);
  const cleanup = async () => {
    await db.close();
    await database.drop();
  };
  return { db, url, cleanup };
}
