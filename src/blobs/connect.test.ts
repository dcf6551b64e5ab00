import { createRequire } from 'node:module';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBlobs } from './connect.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'blobs-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('opens a folder, written plainly or as a URL', async () => {
  for (const [name, url] of [
    ['plain 1%20', `file:${root}/plain 1%20`],
    ['as url', pathToFileURL(`${root}/as url`).href],
  ] as const) {
    await (await openBlobs(url)).probe();
    expect((await stat(join(root, name, 'blobs/sha256/ff'))).isDirectory()).toBe(true);
  }
});

test('the client of AWS is loaded for a bucket only; a store that is down is opened all the same', async () => {
  const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('@aws-sdk'));
  await openBlobs(`file:${root}`);
  await expect(openBlobs('s3://Bucket', { folder: root })).rejects.toThrow('must name a bucket');
  expect(loaded()).toBe(false);
  const keys = { accessKey: 'any', secretKey: 'any secret' };
  const down = await openBlobs('s3://bucket?endpoint=http://127.0.0.1:1&timeout=0.05', { folder: root, keys });
  expect(loaded()).toBe(true);
  await expect(down.probe()).rejects.toMatchObject({ code: 'storage-unavailable' });
});

test.each([
  ['s3://key:secret@bucket?secret=abc', 'must not hold keys'],
  ['s3://bucket?secret=abc', 'no other options'],
  ['s3://bucket', 'a folder for unfinished uploads'],
  ['https://user:secret@host/x?secret=abc', 'must be file:<folder> or s3://bucket'],
  ['./data', 'must be file:<folder>'],
  ['', 'must be file:<folder>'],
  ['file:', 'the folder is missing'],
])('refuses %j with a sentence, and without repeating secrets', async (url, sentence) => {
  const refused = await openBlobs(url).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(refused).toContain(sentence);
  expect(refused).not.toContain('secret');
});
