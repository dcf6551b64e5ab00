import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TooLarge, textOf } from './answer-text.ts';

const limit = 1_000;

function answer(bytes: Buffer | string, encoding?: string) {
  const body = new PassThrough();
  body.on('error', () => undefined);
  body.write(bytes);
  const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
  return { body, response: { status: 200, url: 'https://u.example/x', headers, body, isFramed: true } };
}

test('the text, plain and packed', async () => {
  const plain = answer('text');
  plain.body.end();
  expect(String(await textOf(plain.response, limit))).toBe('text');
  const packed = answer(gzipSync('text'), 'GZIP');
  packed.body.end();
  expect(String(await textOf(packed.response, limit))).toBe('text');
});

test.each([
  ['a large text', Buffer.alloc(limit + 1), undefined],
  ['a bomb', gzipSync(Buffer.alloc(1_000 * limit)), 'gzip'],
])('%s is not received to its end', async (_what, bytes, encoding) => {
  const { body, response } = answer(bytes, encoding);
  await expect(textOf(response, limit)).rejects.toThrow(TooLarge);
  expect(body.destroyed).toBe(true);
});

test.each([
  ['gzip that is none', 'text', 'gzip'],
  ['another encoding', 'text', 'br'],
])('%s is refused, and not received further', async (_what, bytes, encoding) => {
  const { body, response } = answer(bytes, encoding);
  await expect(textOf(response, limit)).rejects.toThrow();
  expect(body.destroyed).toBe(true);
});

test.each([undefined, 'gzip'])('a text that never ends is not waited for (%s)', async (encoding) => {
  const { body, response } = answer(encoding === undefined ? 'text' : gzipSync('text').subarray(0, 12), encoding);
  await expect(textOf(response, limit, 10)).rejects.toThrow('too slowly');
  expect(body.destroyed).toBe(true);
});

test('gzip that breaks off is refused, by its end or by an error', async () => {
  const cut = answer(gzipSync('text').subarray(0, 12), 'gzip');
  cut.body.end();
  await expect(textOf(cut.response, limit)).rejects.toThrow();
  const broken = answer(gzipSync('text').subarray(0, 12), 'gzip');
  const refused = expect(textOf(broken.response, limit)).rejects.toThrow('reset');
  broken.body.destroy(new Error('reset'));
  await refused;
});

test.each([
  ['<html><a>x</a>', false],
  ['<!doctype html><html><a>x</a></html> <!-- 1 -->', true],
  ['<?xml version="1.0"?><metadata><version>1', false],
  ['<metadata/></metadata>', true],
  ['{"a":1}', true],
  ['', true],
])('%j from a server that ends answers with the connection may be whole: %s', async (text, isWhole) => {
  const { body, response } = answer(text);
  body.end();
  const read = textOf({ ...response, isFramed: false }, limit);
  await (isWhole ? expect(read).resolves.toEqual(Buffer.from(text)) : expect(read).rejects.toThrow('cut off'));
});
