import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { IdleWatch } from './s3-idle.ts';

/** What an object or a part of one is to hold. */
export interface S3Body {
  readonly size: number;
  /** Of these bytes, lower-case hex. */
  readonly sha256: string;
  /** In memory, or a stretch of a file that begins at byte `start`. */
  readonly from: Buffer | { readonly path: string; readonly start: number };
}

const chunkSize = 256 * 1024;

/**
 * How many time-outs may pass without progress. The last megabytes of a body may have to get through a slow line after
 * the system has taken them, and the store writes them to its disk before it answers.
 */
export const bodyPatience = 4;

/** Calls `send` with the bytes; each chunk that is taken counts as progress. An unfinished request is cut off at the end. */
export async function sendBody<T>(
  content: S3Body,
  watch: IdleWatch,
  send: (body: Buffer | Readable) => Promise<T>,
): Promise<T> {
  if (Buffer.isBuffer(content.from)) return send(content.from);
  const { path, start } = content.from;
  const stream = Readable.from(chunksOfFile(path, start, content.size, watch), { objectMode: false });
  stream.once('error', (error) => watch.abort(error));
  try {
    return await send(stream);
  } finally {
    // The store may answer before it has read everything.
    if (!stream.readableEnded) watch.cutOff();
    stream.destroy();
  }
}

/** Bytes of a stretch of a file, as they are needed. */
export async function* chunksOfFile(
  path: string,
  start: number,
  size: number,
  watch?: IdleWatch,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of createReadStream(path, { start, end: start + size - 1, highWaterMark: chunkSize })) {
    watch?.touch();
    yield chunk as Buffer;
  }
}
