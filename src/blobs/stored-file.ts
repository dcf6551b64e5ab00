import { closeSync, createReadStream, fstatSync, openSync, read } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { ByteRange } from '../lib/byte-range.ts';
import type { Pieces } from '../lib/pieces.ts';
import { WindowReader } from '../lib/window-reader.ts';
import { streamOf } from '../lib/streams.ts';
import { storageProblem } from './storage-problem.ts';

/** Larger chunks are not faster (see `lib/window-reader.ts`), and a slow reader keeps about two of them in memory. */
export const chunkSize = 512 * 1024;

const readAt = promisify(read);

/**
 * A whole file. Opening it and asking for its size is done at once, which takes a third of the time of the way through
 * the thread pool; bytes, which may come from a slow disk, are read there.
 */
export async function readBytes(path: string): Promise<Buffer> {
  const fd = openSync(path, 'r');
  try {
    return await readPart(fd, partOf(fd, undefined));
  } finally {
    closeSync(fd);
  }
}

/** A file, or what it has of a range, as a stream; closes the file when it ends or is destroyed. */
export async function streamBytes(path: string, range?: ByteRange): Promise<Readable> {
  const fd = openSync(path, 'r');
  const { start, length } = partOf(fd, range);
  if (length > 0) return createReadStream(path, { fd, start, end: start + length - 1, highWaterMark: chunkSize });
  closeSync(fd);
  return streamOf(Buffer.alloc(0));
}

/** The same lent piece by piece, for hundreds of slow readers at once. `key` names its bytes. */
export function lendBytes(path: string, key: string, range?: ByteRange): Pieces {
  const fd = openSync(path, 'r');
  const reader = new WindowReader(key, async (start, into) => {
    const { bytesRead } = await readAt(fd, into, 0, into.length, start).catch((error: unknown) => {
      throw storageProblem(error);
    });
    return bytesRead;
  });
  const part = partOf(fd, range);
  let at = part.start;
  const end = part.start + part.length;
  return {
    next: async () => {
      const piece = at === end ? null : await reader.next(at, end);
      at += piece?.length ?? 0;
      return piece;
    },
    close: (free) => {
      reader.close(free);
      closeSync(fd);
    },
  };
}

interface Part {
  readonly start: number;
  readonly length: number;
}

function partOf(fd: number, range: ByteRange | undefined): Part {
  const { size } = fstatSync(fd);
  if (range === undefined) return { start: 0, length: size };
  return { start: range.start, length: Math.max(0, Math.min(range.end + 1, size) - range.start) };
}

async function readPart(fd: number, { start, length }: Part): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await readAt(fd, bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
