/** What several processes share: database and blobs, of the kind that the switches of the test run name. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '../harness/engine.ts';
import { blobSettings, testsUseBucket } from '../harness/test-bucket.ts';

export interface SharedStorage {
  /** A folder of the test's own. */
  readonly folder: string;
  /** `PACKYARD_DATABASE_URL`. */
  readonly databaseUrl: string;
  /** Settings that name the storage. */
  readonly env: Readonly<Record<string, string>>;
  /** `PACKYARD_DATA` of one of the processes: with blobs in a bucket they share no disk, as on several machines. */
  dataOf(place: number): Promise<string>;
  remove(): Promise<void>;
}

export async function sharedStorage(): Promise<SharedStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-processes-'));
  const database = await freshDatabase('nothing');
  return {
    folder,
    databaseUrl: database.url,
    env: { PACKYARD_DATABASE_URL: database.url, ...(await blobSettings(folder)) },
    async dataOf(place) {
      const data = testsUseBucket ? join(folder, `machine-${place}`) : folder;
      await mkdir(data, { recursive: true });
      return data;
    },
    async remove() {
      await database.drop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
