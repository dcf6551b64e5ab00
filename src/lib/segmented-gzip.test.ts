import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { assembleGzip, deflateSegment } from './segmented-gzip.ts';

async function assembled(pieces: readonly Uint8Array[]): Promise<Buffer> {
  const segments = pieces.map((piece) => Buffer.from(piece));
  return assembleGzip(await Promise.all(segments.map(async (raw) => ({ raw, deflated: await deflateSegment(raw) }))));
}

test('any split of any bytes unpacks to the same bytes', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constant(new Uint8Array()),
    fc.string({ maxLength: 50 }).map((text) => Buffer.from(text.repeat(20))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      expect(gunzipSync(await assembled(pieces)).equals(Buffer.concat(pieces))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('nothing at all, and only empty pieces, are valid members', async () => {
  expect(gunzipSync(assembleGzip([]))).toEqual(Buffer.alloc(0));
  expect(gunzipSync(await assembled([new Uint8Array(), new Uint8Array()]))).toEqual(Buffer.alloc(0));
});

test('pieces small and large, compressed here and on a thread, mix', async () => {
  const line = '{"name":"left-pad","version":"1.0.0"}\n';
  const pieces = [32 * 1024, 32 * 1024 + 1, 10, 300_000].map((size) => Buffer.alloc(size, line));
  const member = await assembled(pieces);
  expect(gunzipSync(member).equals(Buffer.concat(pieces))).toBe(true);
  expect(member.length).toBeLessThan(5_000);
});

test('a byte that changed on its way is noticed by the trailer', async () => {
  const member = await assembled([Buffer.from('a'), Buffer.from('b')]);
  const raw = Buffer.from('A');
  const wrong = assembleGzip([{ raw, deflated: await deflateSegment(Buffer.from('a')) }]);
  expect(() => gunzipSync(wrong)).toThrow('incorrect data check');
  expect(member.subarray(0, 4)).toEqual(Buffer.from([0x1f, 0x8b, 8, 0]));
});

test('what may be kept holds no more memory than its bytes', async () => {
  const small = Buffer.from('a few bytes');
  const large = randomBytes(100_000);
  for (const raw of [small, large]) {
    const deflated = await deflateSegment(raw);
    expect(deflated.buffer.byteLength).toBe(deflated.length);
    const member = assembleGzip([{ raw, deflated }]);
    expect(member.buffer.byteLength).toBe(member.length);
  }
});
