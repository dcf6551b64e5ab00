import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/connect.ts';
import { databaseContract } from './database.contract.ts';

databaseContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-database-'));
  const url = `sqlite:${join(folder, 'packyard.db')}`;
  const db = await openDatabase(url);
  const cleanup = async () => {
    await db.close();
    await rm(folder, { recursive: true });
  };
  return { db, url, cleanup };
});
