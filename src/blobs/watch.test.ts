import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { problem } from '../problems/problem.ts';
import { MemoryBlobs } from './memory.ts';
import { watchBlobs } from './watch.ts';

test('failures of the store are told, those of clients are not', async () => {
  const failures: string[] = [];
  const blobs = watchBlobs(new MemoryBlobs(), (operation) => failures.push(operation));
  await expect(blobs.stage(Readable.from(['too long']), { maxSize: 1 })).rejects.toMatchObject({
    code: 'file-too-large',
  });
  expect(failures).toEqual([]);
  await expect(blobs.open('0'.repeat(64))).rejects.toThrow('missing');
  await expect(blobs.read('0'.repeat(64))).rejects.toThrow('missing');
  const full = new Readable({ read() {} });
  full.destroy(problem('storage-full'));
  await expect(blobs.stage(full, { maxSize: 1 })).rejects.toMatchObject({ code: 'storage-full' });
  expect(failures).toEqual(['open', 'read', 'stage']);
});
