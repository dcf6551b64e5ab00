import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { PlainReply } from '../formats/format.ts';
import { type Exchange, safeHeaders } from './exchange.ts';

const worthCompressing = 1_400;

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string | undefined;
  /** `null` = none goes out, be it that there is none or that the request is a HEAD. */
  readonly body: Buffer | null;
}

/** Sends a finished answer: text and bytes as they are, anything else as JSON. */
export function sendPlain({ request, response }: Exchange, reply: PlainReply): void {
  const { status, reason, headers, body } = plainAnswer(request, reply);
  if (reason !== undefined) response.statusMessage = reason;
  response.writeHead(status, headers);
  response.end(body ?? undefined);
}

/** What `sendPlain` sends. */
export function plainAnswer(request: IncomingMessage, reply: PlainReply): PlainAnswer {
  const { status } = reply;
  const headers: Record<string, string> = { ...safeHeaders, ...reply.headers };
  let body = bodyOf(reply, headers);
  if (body !== null && body.length > worthCompressing) {
    headers['vary'] = headers['vary'] === undefined ? 'Accept-Encoding' : `${headers['vary']}, Accept-Encoding`;
    if (acceptsGzip(request.headers['accept-encoding'])) {
      body = gzipSync(body, { level: 4 });
      headers['content-encoding'] = 'gzip';
    }
  }
  if (status !== 204 && status !== 304) headers['content-length'] = String(body?.length ?? 0);
  return { status, reason: reply.reason, headers, body: request.method === 'HEAD' ? null : body };
}

/** `true` when a header names gzip with a weight above zero. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  if (typeof header !== 'string') return false;
  const at = header.indexOf('gzip');
  if (at < 0) return false;
  return !/^gzip\s*;\s*q=0(?:\.0+)?\s*(?:,|$)/i.test(header.slice(at));
}

function bodyOf(reply: PlainReply, headers: Record<string, string>): Buffer | null {
  const { body } = reply;
  if (body === undefined || reply.status === 204 || reply.status === 304) return null;
  if (typeof body === 'string') {
    headers['content-type'] ??= 'text/plain; charset=utf-8';
    return Buffer.from(body);
  }
  if (body instanceof Uint8Array) {
    headers['content-type'] ??= 'application/octet-stream';
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }
  headers['content-type'] ??= 'application/json';
  return Buffer.from(JSON.stringify(body));
}
