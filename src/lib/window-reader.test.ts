import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ReadAt, WindowReader } from './window-reader.ts';

const mib = 2 ** 20;
const size = 12 * mib + 123_456;
const bytes = Buffer.concat(
  Array.from({ length: Math.ceil(size / 64) }, (_, index) => createHash('sha512').update(`${index}`).digest()),
).subarray(0, size);

/** A file of those bytes that counts how often it is read. */
function file(available = (): number => size): { readonly readAt: ReadAt; readonly reads: () => number } {
  let reads = 0;
  const readAt: ReadAt = async (start, into) => {
    reads += 1;
    await new Promise(setImmediate);
    return bytes.copy(into, 0, start, Math.min(available(), start + into.length));
  };
  return { readAt, reads: () => reads };
}

/** Reads all of it, at a pace of its own; whether every byte was right. */
async function readAll(reader: WindowReader, from = 0): Promise<boolean> {
  for (let at = from; at < size; ) {
    const piece = await reader.next(at, size);
    if (piece === null) return false;
    for (let wait = at % 5; wait > 0; wait--) await new Promise(setImmediate);
    if (!piece.equals(bytes.subarray(at, at + piece.length))) return false;
    at += piece.length;
  }
  reader.close(true);
  return true;
}

test('hundreds who read one file together read it a few times', async () => {
  const { readAt, reads } = file();
  const all = Array.from({ length: 300 }, () => readAll(new WindowReader('together', readAt)));
  expect(new Set(await Promise.all(all))).toEqual(new Set([true]));
  expect(reads()).toBeLessThan(5 * Math.ceil(size / (256 * 1024)));
});

test('readers of different files and places get their own bytes', async () => {
  const all = Array.from({ length: 60 }, (_, index) =>
    readAll(new WindowReader(`file ${index % 7}`, file().readAt), index * 150_001),
  );
  expect(new Set(await Promise.all(all))).toEqual(new Set([true]));
});

test('slow readers, each at another place, hold little', async () => {
  const { readAt } = file();
  const readers = Array.from({ length: 500 }, () => new WindowReader({}, readAt));
  const memory = new Set<ArrayBufferLike>();
  for (const [index, reader] of readers.entries()) {
    const piece = await reader.next(index * 10_000, size);
    expect(piece?.equals(bytes.subarray(index * 10_000, index * 10_000 + piece.length))).toBe(true);
    if (piece !== null) memory.add(piece.buffer);
  }
  const held = [...memory].reduce((sum, each) => sum + each.byteLength, 0);
  expect(held).toBeLessThanOrEqual(8 * mib + 500 * 16 * 1024);
  for (const reader of readers) reader.close(true);
});

test('the memory of a piece that may still be in use is never used again', async () => {
  const { readAt } = file();
  const gone = new WindowReader('gone', readAt);
  const piece = await gone.next(mib, size);
  gone.close(false);
  const others = Array.from({ length: 40 }, (_, index) => readAll(new WindowReader(`other ${index}`, readAt), 5 * mib));
  expect(new Set(await Promise.all(others))).toEqual(new Set([true]));
  expect(piece?.equals(bytes.subarray(mib, mib + piece.length))).toBe(true);
});

test('a file that still grows is read on where it ended, and one that fails fails for all', async () => {
  let come = 100_000;
  const growing = file(() => come);
  const [one, two] = [new WindowReader('growing', growing.readAt), new WindowReader('growing', growing.readAt)];
  expect((await one.next(0, come))?.length).toBe(100_000);
  expect(await one.next(100_000, come + 20_000)).toBeNull();
  come = 150_000;
  expect((await two.next(50_000, come))?.equals(bytes.subarray(50_000, 100_000))).toBe(true);
  expect((await two.next(100_000, come))?.equals(bytes.subarray(100_000, 150_000))).toBe(true);
  const broken = new WindowReader('broken', () => Promise.reject(new Error('gone')));
  await expect(broken.next(0, size)).rejects.toThrow('gone');
  for (const reader of [one, two, broken]) reader.close(true);
});
