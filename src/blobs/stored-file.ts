import { closeSync, createReadStream, fstatSync, openSync, read } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { ByteRange } from '../lib/byte-range.ts';
import { streamOf } from '../lib/streams.ts';

/**
 * Larger chunks are not faster here (64 KiB: 0.76 GB/s to a socket, 256 KiB: 0.9, 512 KiB: 1.1, 1 MiB: 1.1), and a slow
 * client keeps about two of them in memory.
 */
export const chunkSize = 512 * 1024;

/** With more files than this on their way at once, chunks are small: five hundred slow clients then take tens of MB, not 500. */
const manyStreams = 64;
const smallChunkSize = 32 * 1024;
let streaming = 0;

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
  let isStreaming = false;
  try {
    const part = partOf(fd, range);
    const highWaterMark = streaming < manyStreams ? chunkSize : smallChunkSize;
    if (part.length <= highWaterMark) return counted(streamOf(await readPart(fd, part)));
    isStreaming = true;
    const end = part.start + part.length - 1;
    return counted(createReadStream(path, { fd, start: part.start, end, highWaterMark }));
  } finally {
    if (!isStreaming) closeSync(fd);
  }
}

/** What is read whole is held as long as it takes to send, too. */
function counted(stream: Readable): Readable {
  streaming += 1;
  return stream.once('close', () => void (streaming -= 1));
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
