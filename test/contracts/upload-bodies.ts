import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import type { Digests } from '../../src/lib/digests.ts';

/** Bytes that differ at every offset and between seeds. */
export function pattern(size: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed * 7919 + size + 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

const pieceSize = 64 * 1024;

/** As a socket gives them: 64 KiB at a time. */
export function inPieces(bytes: Buffer): Readable {
  return Readable.from(pieces(bytes));
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
}

/** Gives the bytes and then breaks off: with an error, or as if the connection had just closed. */
export function breaking(bytes: Buffer, error: Error | null): Readable {
  const body = new PassThrough({ highWaterMark: bytes.length + 1 });
  for (const piece of pieces(bytes)) body.write(piece);
  setImmediate(() => setImmediate(() => (error === null ? body.destroy() : body.destroy(error))));
  return body;
}

export function digestsOf(bytes: Buffer): Digests {
  const hex = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  return { md5: hex('md5'), sha1: hex('sha1'), sha256: hex('sha256'), sha512: hex('sha512') };
}
