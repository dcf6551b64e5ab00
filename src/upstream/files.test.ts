import { expect, test } from 'vitest';
import { newYear } from '../../test/harness/catalogue.ts';
import type { Database } from '../database/database.ts';
import { type FilesOptions, UpstreamFiles } from './files.ts';

test('what could not be written down is counted the next time', async () => {
  const written: unknown[][] = [];
  let fails = true;
  const tx = { run: (_sql: string, params: unknown[]) => Promise.resolve(written.push(params)) };
  const database = {
    transaction: async (work: (session: unknown) => Promise<void>) => {
      await work(tx);
      if (fails) throw new Error('away');
    },
  };
  let now = newYear;
  const files = new UpstreamFiles({ database: database as unknown as Database, now: () => now } as FilesOptions);
  files.count(2);
  files.count(1);
  await expect(files.flush()).rejects.toThrow('away');
  expect(written).toEqual([
    [1, newYear, 1],
    [1, newYear, 2],
  ]);
  fails = false;
  written.length = 0;
  now += 5_000;
  files.count(2);
  await files.flush();
  await files.flush();
  expect(written).toEqual([
    [1, newYear, 1],
    [2, newYear + 5_000, 2],
  ]);
});
