import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openBlobs } from '../../src/blobs/connect.ts';
import { S3Stub } from '../harness/s3-stub.ts';
import { testBucket } from '../harness/test-bucket.ts';
import { blobStoreContract, type OpenedStore } from './blob-store.contract.ts';

let folder: string;
let stub: S3Stub;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-blobs-'));
  stub = await S3Stub.start();
});

afterAll(async () => {
  await stub.close();
  await rm(folder, { recursive: true });
});

blobStoreContract('S3', async () => {
  const bucket = await testBucket();
  return open(bucket.url(`contract-${process.pid}`), bucket);
});

blobStoreContract('S3 with conditions', () => open(`s3://${stub.bucket}?endpoint=${stub.endpoint}`));

blobStoreContract('S3 with checksums, below a prefix', () =>
  open(`s3://${stub.bucket}/a/b?endpoint=${stub.endpoint}&checksums=supported`),
);

async function open(url: string, keys = { accessKey: 'any', secretKey: 'any secret' }): Promise<OpenedStore> {
  const store = await openBlobs(url, { folder, keys });
  return {
    store,
    leftBehind: async () => [...(await readdir(join(folder, 'staging'))), ...stub.uploads.keys()],
    renews: false,
    close: async () => {
      for await (const { sha256 } of store.list()) await store.remove(sha256);
    },
  };
}
