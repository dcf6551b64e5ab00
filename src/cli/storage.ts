import { access } from 'node:fs/promises';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openBlobs } from '../blobs/connect.ts';
import { bucketOptions } from '../config/bucket.ts';
import type { Config } from '../config/load.ts';
import { databaseUrl } from '../config/storage.ts';
import { openDatabase } from '../database/connect.ts';
import type { Database } from '../database/database.ts';
import { hasSchema, migrate } from '../database/migrate.ts';
import type { Invocation } from './invocation.ts';
import { CommandFailed } from './invocation.ts';
import { needConfig } from './read-config.ts';

export interface Storage {
  readonly config: Config;
  readonly database: Database;
}

/** Opens the database that a server has made, runs `work` and closes it again. A running server is no obstacle. */
export async function withDatabase<T>(
  { terminal, globals }: Pick<Invocation, 'terminal' | 'globals'>,
  work: (storage: Storage) => Promise<T>,
): Promise<T> {
  const config = await needConfig(terminal, globals);
  await refuseMissing(config);
  const database = await openDatabase(databaseUrl(config.database), { poolSize: config.databasePool });
  try {
    await refuseEmpty(config, database);
    await migrate(database);
    return await work({ config, database });
  } finally {
    await database.close();
  }
}

export function withStorage<T>(
  invocation: Pick<Invocation, 'terminal' | 'globals'>,
  work: (storage: Storage & { readonly blobs: BlobStore }) => Promise<T>,
): Promise<T> {
  return withDatabase(invocation, async (storage) => {
    const blobs = await openBlobs(storage.config.blobs.url, bucketOptions(storage.config));
    return work({ ...storage, blobs });
  });
}

/** A new, empty database beside the real one would only look as if everything were lost. */
async function refuseMissing({ database }: Config): Promise<void> {
  if (database.kind === 'postgres') return;
  try {
    await access(database.file);
  } catch {
    throw new CommandFailed(
      `There is no database at ${database.file}. Name the data folder with --data, or start the server once.`,
    );
  }
}

async function refuseEmpty(config: Config, database: Database): Promise<void> {
  if (config.database.kind === 'sqlite' || (await hasSchema(database))) return;
  throw new CommandFailed(
    `Nothing of Packyard is in ${config.database.shown}. Check the URL, or start the server once.`,
  );
}
