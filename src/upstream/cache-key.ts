import { createHash } from 'node:crypto';

/** What an index can hold of one column on both engines, with room for others. */
const longest = 1_000;

/** The text itself, or its digest where it is longer than an index takes. */
export function cacheKey(text: string): string {
  if (Buffer.byteLength(text) <= longest) return text;
  return `sha256 ${createHash('sha256').update(text).digest('hex')}`;
}
