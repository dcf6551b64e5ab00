import { problem } from '../problems/problem.ts';

// Control characters, backslashes and what is left of a double encoding never belong to a name.
// oxlint-disable-next-line no-control-regex
const refused = /[\u0000-\u001f\u007f\\%]/;

/**
 * Splits what follows a mount in a raw request path into segments, each decoded once. A segment may hold `/` when it was
 * sent as `%2f` (npm's `@scope%2fname`); empty, `.` and `..` pieces are refused
 * wherever they stand.
 * One trailing slash is dropped.
 */
export function segmentsOf(rawPath: string): string[] {
  if (rawPath === '' || rawPath === '/') return [];
  if (rawPath.length > 8_192) throw problem('invalid-path', 'The path is longer than 8,192 characters.');
  const raw = rawPath.slice(1).split('/');
  if (raw.at(-1) === '') raw.pop();
  return raw.map(decodeSegment);
}

function decodeSegment(raw: string): string {
  let segment: string;
  try {
    segment = decodeURIComponent(raw);
  } catch {
    throw problem('invalid-path', 'The path is not valid percent-encoded UTF-8.');
  }
  if (refused.test(segment)) throw problem('invalid-path', 'The path should be a valid file path.');
  for (const piece of segment.split('/')) {
    // `..;x` is `..` to some proxies and servers behind which we may stand.
    if (/^\.{0,2}(?:;|$)/.test(piece)) {
      throw problem('invalid-path', 'The path should be a valid file path.');
    }
  }
  return segment;
}
