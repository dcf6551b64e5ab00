/** What several processes share: database and blobs, of the kind that the switches of the test run name. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '../harness/engine.ts';

export interface SharedStorage {
  /** `PACKYARD_DATA` of all of them. */
  readonly data: string;
  /** `PACKYARD_DATABASE_URL`. */
  readonly databaseUrl: string;
  /** Settings that name the storage. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function sharedStorage(): Promise<SharedStorage> {
  const data = await mkdtemp(join(tmpdir(), 'packyard-processes-'));
  const database = await freshDatabase('nothing');
  return {
    data,
    databaseUrl: database.url,
    env: { PACKYARD_DATABASE_URL: database.url },
    async remove() {
      await database.drop();
      await rm(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
