import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { chunksOf, collect, drain, streamOf } from './streams.ts';

const refusal = (limit: number) => new Error(`more than ${limit}`);

test('collects pieces of every kind, up to the limit and not beyond', async () => {
  const pieces = () => Readable.from(['aß', Buffer.from('b'), new Uint8Array([99])]);
  expect((await collect(pieces(), 5, refusal)).toString()).toBe('aßbc');
  await expect(collect(pieces(), 4, refusal)).rejects.toThrow(/^more than \d$/);
  expect((await collect(Readable.from([]), 0, refusal)).length).toBe(0);
});

test('many tiny pieces become one buffer', async () => {
  const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
  const pieces = Readable.from(
    (function* () {
      for (let i = 0; i < bytes.length; i++) yield bytes.subarray(i, i + 1);
    })(),
  );
  expect((await collect(pieces, bytes.length, refusal)).equals(bytes)).toBe(true);
});

test('a stream that is too large is left standing, so that an answer can still be sent', async () => {
  const stream = new PassThrough();
  stream.write('0123456789');
  await expect(collect(stream, 5, refusal)).rejects.toThrow(/^more than \d$/);
  expect(stream.destroyed).toBe(false);
  stream.end('more');
  expect(await drain(stream, 1_000)).toBe(true);
});

test('errors of the stream pass through collect', async () => {
  const stream = new PassThrough();
  stream.destroy(new Error('reset by peer'));
  await expect(collect(stream, 5, refusal)).rejects.toThrow('reset by peer');
});

test('drain says whether the end was reached', async () => {
  expect(await drain(streamOf(Buffer.alloc(100)), 100)).toBe(true);
  expect(await drain(streamOf(Buffer.alloc(101)), 100)).toBe(false);
  const broken = new PassThrough();
  broken.destroy(new Error('gone'));
  expect(await drain(broken, 100)).toBe(false);
  const finished = streamOf(Buffer.alloc(3));
  await collect(finished, 3, refusal);
  expect(await drain(finished, 100)).toBe(true);
});

test('a stream of one buffer gives exactly that, also when it is empty', async () => {
  const bytes = Buffer.from('abc');
  for await (const chunk of chunksOf(streamOf(bytes))) expect(chunk).toBe(bytes);
  expect((await collect(streamOf(Buffer.alloc(0)), 0, refusal)).length).toBe(0);
});
