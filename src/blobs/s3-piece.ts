import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';

/** An answer whose body is yet to be read; its owner must read it to the end or destroy it. */
export interface S3Piece {
  readonly body: Readable;
  /** Where in the object it begins. */
  readonly start: number;
  /** Bytes that `body` has, if nothing goes wrong. */
  readonly length: number;
  /** Bytes of the whole object. */
  readonly total: number;
}

/**
 * Reads the head of an answer. Throws when it is not what was asked for: another range, no length, or a page of some
 * gateway that says 200.
 *
 * @param start first byte of the range that was asked for; `null` = the whole object.
 */
export function pieceOf(answer: GetObjectCommandOutput, start: number | null): S3Piece {
  const { Body: body, ContentLength: length, ContentRange: range, ETag: etag } = answer;
  if (!(body instanceof Readable)) throw new TypeError('The object store answered without a body.');
  try {
    if (etag === undefined || length === undefined) throw new Error('The answer is no object.');
    if (start === null) return { body, start: 0, length, total: length };
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? '') ?? [];
    if (Number(first) !== start || Number(last) !== start + length - 1) throw new Error('It is another range.');
    return { body, start, length, total: Number(total) };
  } catch (error) {
    body.once('error', () => undefined).destroy();
    throw error;
  }
}
