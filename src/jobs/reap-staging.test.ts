import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryBlobs } from '../blobs/memory.ts';
import { reapStagingJob } from './reap-staging.ts';

const day = 86_400_000;

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2027, 0, 1) }));
afterEach(() => vi.useRealTimers());

test('removes uploads that were begun more than a day ago, by the clock that dates files', async () => {
  const blobs = new MemoryBlobs();
  // Whatever else is handed over, such as a clock of its own that runs years ahead.
  const handed = { blobs, logger: { info() {} }, now: () => Date.UTC(2030, 0, 1) };
  const job = reapStagingJob(handed);
  const run = () => job.run({ body: {}, signal: new AbortController().signal });
  await blobs.stage(Readable.from([Buffer.from('x')]), { maxSize: 10 });
  await run();
  expect(blobs.stagedCount).toBe(1);
  vi.setSystemTime(Date.now() + day + 1);
  await run();
  expect(blobs.stagedCount).toBe(0);
});
