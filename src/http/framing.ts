import type { IncomingMessage } from 'node:http';

/**
 * What makes a request's end or addressee doubtful, beyond what Node's parser refuses itself: a proxy in front of us may
 * have read it otherwise, and what it let pass as one request might be two (RFC 9112 section 6.1). `null` = all is well.
 */
export function framingFault({ headers, httpVersionMajor, httpVersionMinor }: IncomingMessage): string | null {
  // Two lines are joined by a comma; no host holds one.
  if (headers.host?.includes(',') === true) return 'Send one Host header.';
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return null;
  if (httpVersionMajor < 1 || (httpVersionMajor === 1 && httpVersionMinor < 1)) {
    return 'HTTP/1.0 has no Transfer-Encoding.';
  }
  return coding.toLowerCase() === 'chunked' ? null : 'The only Transfer-Encoding taken here is chunked.';
}
