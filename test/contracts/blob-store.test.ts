import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openFilesystemBlobs } from '../../src/blobs/filesystem.ts';
import { MemoryBlobs } from '../../src/blobs/memory.ts';
import { blobStoreContract } from './blob-store.contract.ts';

blobStoreContract('memory', async () => {
  const store = new MemoryBlobs();
  return {
    store,
    leftBehind: async () => Array.from({ length: store.stagedCount }, (_, index) => `upload ${index}`),
    renews: true,
    close: async () => undefined,
  };
});

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'blobs-'));
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

// One folder for all tests, emptied by each: making and removing 256 folders takes longer than most of them.
blobStoreContract('filesystem', async () => {
  const store = await openFilesystemBlobs(root);
  return {
    store,
    leftBehind: () => readdir(join(root, 'staging')),
    renews: true,
    close: async () => {
      for await (const { sha256 } of store.list()) await store.remove(sha256);
    },
  };
});
