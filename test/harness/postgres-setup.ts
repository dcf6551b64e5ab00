/** Before a whole vitest run: with `PACKYARD_TEST_ENGINE=postgres`, a server with a migrated database to copy. */
import { openDatabase } from '../../src/database/connect.ts';
import { migrate } from '../../src/database/migrate.ts';
import { engine, template } from './engine.ts';
import { startCluster } from './postgres.ts';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (engine !== 'postgres') return undefined;
  const cluster = await startCluster();
  await cluster.startServer();
  await cluster.execute(`create database ${template}`);
  const database = await openDatabase(cluster.urlOf(template));
  await migrate(database);
  await database.close();
  process.env['PACKYARD_TEST_POSTGRES'] = cluster.url;
  return () => cluster.close();
}
