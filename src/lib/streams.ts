import { Readable } from 'node:stream';
import { ByteCollector } from './byte-collector.ts';

/**
 * The pieces of a stream. Leaving the loop early leaves the stream as it is, so that whoever owns it (a request whose
 * connection must still carry an answer) decides whether to drain or to destroy it.
 */
export async function* chunksOf(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<unknown>;
  for await (const chunk of chunks) yield asBuffer(chunk);
}

function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError('A stream of bytes gave something else.');
}

/** The whole stream in memory; throws `refusal` as soon as it passes `limit` bytes. Its own errors pass through. */
export async function collect(stream: Readable, limit: number, refusal: (limit: number) => Error): Promise<Buffer> {
  const collector = new ByteCollector();
  for await (const chunk of chunksOf(stream)) {
    if (collector.length + chunk.length > limit) throw refusal(limit);
    collector.append(chunk);
  }
  return collector.bytes();
}

/**
 * Reads and forgets the rest of a stream, so that a client that is still sending can hear the answer. `false` when it
 * broke, or when more than `limit` bytes came and it was left standing.
 */
export async function drain(stream: Readable, limit: number): Promise<boolean> {
  let count = 0;
  try {
    for await (const chunk of chunksOf(stream)) {
      count += chunk.length;
      if (count > limit) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** A stream of one buffer. */
export function streamOf(bytes: Uint8Array): Readable {
  return new Readable({
    read() {
      if (bytes.length > 0) this.push(bytes);
      this.push(null);
    },
  });
}
