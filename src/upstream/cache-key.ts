import { createHash } from 'node:crypto';

/** What an index can hold of one column on both engines, with room for others. */
const longest = 1_000;

/** The text itself, or its digest where it is longer than an index takes. */
export function cacheKey(text: string): string {
  return Buffer.byteLength(text) <= longest ? text : hashed(text);
}

/** The key of what one request gives. A query may be a signature, which whoever reads the database must not learn. */
export function resourceKey({ path, accept = '' }: { readonly path: string; readonly accept?: string }): string {
  const text = accept === '' ? path : `${path}\n${accept}`;
  return path.includes('?') ? hashed(text) : cacheKey(text);
}

/** A path or URL as it is stored and shown. */
export function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/s, '');
}

function hashed(text: string): string {
  return `sha256 ${createHash('sha256').update(text).digest('hex')}`;
}
