import { databaseUrl } from '../config/storage.ts';
import { openDatabase } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import type { Invocation } from './invocation.ts';
import { needConfig } from './read-config.ts';

/** The server does the same when it starts; here it is a step of its own, before many servers start. */
export async function run({ terminal, globals }: Invocation): Promise<void> {
  const config = await needConfig(terminal, globals);
  const database = await openDatabase(databaseUrl(config.database), { poolSize: config.databasePool });
  try {
    const applied = await migrate(database);
    for (const id of applied) terminal.print(id);
    terminal.tell(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.length}.`);
  } finally {
    await database.close();
  }
}
