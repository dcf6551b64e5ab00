import { openDatabase } from '../../src/database/connect.ts';
import { engine, freshDatabase } from '../harness/engine.ts';
import { databaseContract } from './database.contract.ts';

databaseContract(engine === 'sqlite' ? 'SQLite' : 'PostgreSQL', async () => {
  const fresh = await freshDatabase('nothing');
  const db = await openDatabase(fresh.url);
  const cleanup = async () => {
    await db.close();
    await fresh.drop();
  };
  return { db, url: fresh.url, cleanup };
});
