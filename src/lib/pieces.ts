import type { Readable } from 'node:stream';

/** Bytes in their order, lent piece by piece: for senders, who would else leave a trail of used memory behind. */
export interface Pieces {
  /** The next piece: the reader's until it asks for more, or closes; `null` at the end. One call at a time. */
  next(): Promise<Buffer | null>;
  /** After the last `next` has resolved. `free` = nobody looks at the last piece any more. */
  close(free: boolean): void;
}

/** The chunks of a stream as they are. */
export function piecesOf(stream: Readable): Pieces {
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await chunks.next();
      return done === true ? null : value;
    },
    close: () => void stream.once('error', () => undefined).destroy(),
  };
}
