import { Readable } from 'node:stream';
import { unavailable } from './s3-calls.ts';
import { inTime } from './s3-idle.ts';
import type { S3Piece } from './s3-piece.ts';

/** How often in a row a body may end early without having brought a byte. */
const patience = 3;

export interface DownloadOptions {
  /** Asks for the object from byte `start` to byte `end`. */
  readonly get: (start: number, end: number) => Promise<S3Piece>;
  /** Milliseconds that the store may keep us waiting for bytes. How long our reader takes doesn't count. */
  readonly idle: number;
}

/**
 * The bytes that `first` promises. When its body ends early the rest is asked for: the stream ends with all bytes, or with
 * `storage-unavailable`, never silently short.
 */
export function resumingStream(first: S3Piece, options: DownloadOptions): Readable {
  // One chunk ahead, not more: hundreds may read at once.
  const stream = Readable.from(bytesOf(first, options), { objectMode: false, highWaterMark: 1 });
  // The generator can't, when nobody has read from it yet.
  stream.once('close', () => discard(first.body));
  return stream;
}

async function* bytesOf(first: S3Piece, { get, idle }: DownloadOptions): AsyncGenerator<Buffer, void, undefined> {
  const end = first.start + first.length;
  let position = first.start;
  let { body } = first;
  let chunks = chunksOf(body);
  let failures = 0;
  try {
    for (;;) {
      const outcome = await nextOf(chunks, idle);
      if (Buffer.isBuffer(outcome)) {
        position += outcome.length;
        failures = 0;
        if (position > end) throw unavailable(5, new Error('The object store sent more than it promised.'));
        yield outcome;
        continue;
      }
      if (position === end) return;
      failures += 1;
      if (failures > patience) throw unavailable(5, outcome ?? new Error('The object store sent less than promised.'));
      discard(body);
      const piece = await get(position, end - 1);
      ({ body } = piece);
      chunks = chunksOf(body);
      if (piece.total !== first.total) throw unavailable(5, new Error('The object changed while it was read.'));
    }
  } finally {
    discard(body);
  }
}

function chunksOf(body: Readable): AsyncIterator<Buffer> {
  return (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
}

/** The next bytes, `null` at the end of the body, or why there are none. */
async function nextOf(chunks: AsyncIterator<Buffer>, idle: number): Promise<Buffer | Error | null> {
  try {
    const { done, value } = await inTime(chunks.next(), idle);
    return done === true ? null : value;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function discard(body: Readable): void {
  body.once('error', () => undefined).destroy();
}
