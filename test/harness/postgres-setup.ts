/** Before a whole vitest run: with `PACKYARD_TEST_ENGINE=postgres`, a server with a migrated database to copy. */
import { openDatabase } from '../../src/database/connect.ts';
import { migrate } from '../../src/database/migrate.ts';
import { leftOut } from '../everyday.ts';
import { engine, template } from './engine.ts';
import { type Cluster, startCluster } from './postgres.ts';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (leftOut().length > 0) {
    process.stdout.write(
      'Processes that die, stores that fail and most clients are left out: REQUIRE_CLIENTS=1 npm test\n',
    );
  }
  if (engine === 'sqlite') {
    process.stdout.write('Databases of these tests: SQLite. On PostgreSQL: PACKYARD_TEST_ENGINE=postgres npm test\n');
    return undefined;
  }
  const cluster = await startCluster();
  try {
    await makeTemplate(cluster);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  process.env['PACKYARD_TEST_POSTGRES'] = cluster.url;
  return () => cluster.close();
}

async function makeTemplate(cluster: Cluster): Promise<void> {
  await cluster.startServer();
  await cluster.execute(`create database ${template}`);
  const database = await openDatabase(cluster.urlOf(template));
  await migrate(database);
  await database.close();
}
