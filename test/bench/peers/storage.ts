/** Where Packyard keeps things: beside it in files, or with `--storage remote` in PostgreSQL and an object store. */
import { randomBytes } from 'node:crypto';
import { startCluster } from '../../harness/postgres.ts';
import { testBucket } from '../../harness/test-bucket.ts';

export interface BenchStorage {
  /** Settings of one more server, which shares nothing with the others. */
  newPlace(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export const files: BenchStorage = { newPlace: async () => ({}), close: async () => undefined };

/** PostgreSQL with its usual settings, syncing each commit; objects are kept in memory, in this process. */
export async function remote(): Promise<BenchStorage> {
  const cluster = await startCluster();
  await cluster.startServer();
  const bucket = await testBucket();
  return {
    newPlace: async () => ({
      PACKYARD_DATABASE_URL: await cluster.createDatabase(),
      PACKYARD_BLOBS_URL: bucket.url(`bench-${randomBytes(6).toString('hex')}`),
      PACKYARD_S3_ACCESS_KEY: bucket.accessKey,
      PACKYARD_S3_SECRET_KEY: bucket.secretKey,
    }),
    close: () => cluster.close(),
  };
}
