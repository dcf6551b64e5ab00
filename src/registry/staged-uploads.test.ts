import { expect, test } from 'vitest';
import type { Staging } from '../blobs/blob-store.ts';
import { StagedUploads } from './staged-uploads.ts';

function staging(): Staging & { discarded: number } {
  const made = { discarded: 0, discard: async () => void made.discarded++ };
  return made as unknown as Staging & { discarded: number };
}

test('finds what it holds, and frees it once', async () => {
  const uploads = new StagedUploads();
  const [one, two] = [staging(), staging()];
  await uploads.hold(one);
  expect([uploads.find(one), uploads.find(two)]).toEqual([one, undefined]);
  await uploads.release();
  await uploads.release();
  expect([one.discarded, uploads.find(one)]).toEqual([1, undefined]);
});

test('what comes when the request is over is freed at once', async () => {
  const uploads = new StagedUploads();
  await uploads.release();
  const late = staging();
  await uploads.hold(late);
  expect([late.discarded, uploads.find(late)]).toEqual([1, undefined]);
});
