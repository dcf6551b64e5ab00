import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

export type S3Operation =
  | 'put'
  | 'get'
  | 'head'
  | 'delete'
  | 'list'
  | 'create-upload'
  | 'put-part'
  | 'complete-upload'
  | 'abort-upload'
  | 'list-uploads';

/** What goes wrong with one request. */
export interface S3Fault {
  /** An error answer, with 200 one that doesn't look like it. */
  readonly status?: number;
  readonly code?: string;
  /** Never answers. */
  readonly hang?: true;
  /** Closes the connection: at once, or instead of the answer to what was done. */
  readonly reset?: 'before' | 'after';
  /** Acknowledges and forgets. */
  readonly lose?: true;
  /** So many looks at what is written now find nothing. */
  readonly hideFor?: number;
  /** Milliseconds before each piece of a body. */
  readonly slow?: number;
  /** Closes the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Added to the Content-Length. */
  readonly lengthOff?: number;
  /** One byte of the body is another one. */
  readonly spoil?: true;
}

export async function* faultyBytes(bytes: Readable, fault: S3Fault): AsyncGenerator<Buffer> {
  const { slow = 0, cutAfter = Number.POSITIVE_INFINITY, spoil } = fault;
  let sent = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    if (spoil === true && sent === 0) chunk[0] = (chunk[0] ?? 0) ^ 1;
    if (slow > 0) await pause(slow);
    if (sent + chunk.length > cutAfter) {
      yield chunk.subarray(0, cutAfter - sent);
      // Time for the bytes to leave.
      await pause(5);
      throw new Error('cut');
    }
    sent += chunk.length;
    yield chunk;
  }
}
