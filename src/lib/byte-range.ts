import { parseHttpDate } from './http-date.ts';

export interface ByteRange {
  /** First byte, inclusive. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

const singleRange = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The part of a representation of `size` bytes that a `Range` header asks for. `null` = send it all: no header, another
 * unit, several ranges, or nonsense (RFC 9110 section 14.2 lets a server ignore what it doesn't do). `unsatisfiable` =
 * 416 with `Content-Range: bytes *\/size`.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  if (header === undefined) return null;
  const match = singleRange.exec(header);
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  // No range of an empty file can be written in Content-Range; the whole of it is a good answer to any.
  if (size === 0) return null;
  if (first === '') return suffix(last, size);
  const start = Number(first);
  const end = last === '' ? size - 1 : Number(last);
  if (end < start && last !== '') return null;
  return start >= size ? 'unsatisfiable' : { start, end: Math.min(end, size - 1) };
}

function suffix(length: string, size: number): ByteRange | 'unsatisfiable' | null {
  if (length === '') return null;
  const count = Number(length);
  return count === 0 ? 'unsatisfiable' : { start: Math.max(0, size - count), end: size - 1 };
}

/**
 * Whether `Range` may be honoured under this `If-Range` header (RFC 9110 section 13.1.5): no header, the same strong
 * entity tag, or exactly the date that `Last-Modified` shows. `etag` is quoted; `lastModified` in milliseconds.
 */
export function ifRangeHolds(header: string | undefined, etag: string, lastModified: number): boolean {
  if (header === undefined) return true;
  const validator = header.trim();
  if (validator.startsWith('"')) return validator === etag;
  const date = parseHttpDate(validator);
  return date !== null && date === lastModified - (lastModified % 1000);
}
