import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './http-date.ts';

/** What a stored representation says of itself. */
export interface Validators {
  /** Quoted, with `W/` when weak. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
}

export type Verdict = 'proceed' | 'not-modified' | 'precondition-failed';

/**
 * Evaluates a request's preconditions in the order of RFC 9110 section 13.2.2. `current` is `null` when there is no
 * representation yet (`PUT` with `If-None-Match: *`). Malformed dates and tags count as not given and not matching.
 */
export function evaluateConditions(method: string, headers: IncomingHttpHeaders, current: Validators | null): Verdict {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (current === null || !lists(ifMatch, current.etag, 'strong')) return 'precondition-failed';
  } else if (isModifiedSince(headers['if-unmodified-since'], current) === true) {
    return 'precondition-failed';
  }
  const reads = method === 'GET' || method === 'HEAD';
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (current === null || !lists(ifNoneMatch, current.etag, 'weak')) return 'proceed';
    return reads ? 'not-modified' : 'precondition-failed';
  }
  return reads && isModifiedSince(headers['if-modified-since'], current) === false ? 'not-modified' : 'proceed';
}

/** `null` when it can't be told: no header, not a date, or nothing stored. */
function isModifiedSince(header: string | undefined, current: Validators | null): boolean | null {
  if (header === undefined || current === null) return null;
  const date = parseHttpDate(header);
  // The header has whole seconds.
  return date === null ? null : current.lastModified - (current.lastModified % 1000) > date;
}

/** Whether a list of entity tags, or `*`, names `etag`. Cuts no strings: this runs on every cached answer. */
function lists(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  const weak = etag.startsWith('W/');
  if (comparison === 'strong' && weak) return header.trim() === '*';
  if (header === etag) return true;
  const opaque = weak ? etag.slice(2) : etag;
  let at = 0;
  while (at < header.length) {
    const open = header.indexOf('"', at);
    if (open === -1) break;
    const close = header.indexOf('"', open + 1);
    if (close === -1) break;
    const same = close - open + 1 === opaque.length && header.startsWith(opaque, open);
    if (same && (comparison === 'weak' || !header.startsWith('W/', open - 2))) return true;
    at = close + 1;
  }
  return header.trim() === '*';
}
