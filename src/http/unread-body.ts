/** What becomes of a body that nobody wants: its sender must hear the answer, and must not keep us busy for long. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlainReply } from '../formats/format.ts';
import { drain } from '../lib/streams.ts';
import type { Exchange } from './exchange.ts';
import { isWaiting } from './expect-continue.ts';
import { plainAnswer } from './send-plain.ts';

/** What is read and forgotten at most, bytes and milliseconds. */
const most = 64 * 2 ** 20;
const longest = 10_000;

export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** `true` while a part of the body is still to come. */
export function isUnread(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete;
}

/**
 * Refuses a request whose body is on its way. The client is told to stop (`Connection: close`); what it sent meanwhile is
 * read before the connection ends, for data left unread makes the system reset it and the answer would be lost.
 */
export async function refuseUnread({ request, response }: Exchange, reply: PlainReply): Promise<void> {
  const { status, headers, body } = plainAnswer(request, reply);
  response.writeHead(status, { ...headers, connection: 'close' });
  if (body !== null) response.write(body);
  if (!isWaiting(request)) await drainFor(request);
  response.end();
}

/** After an answer that needed no body, reads within bounds what is left of it, so that the connection can go on. */
export function forgetRest(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (!request.complete) void drainFor(request).then((whole) => whole || request.destroy());
  });
}

/** Ends a request whose body isn't complete in time. Only for small ones: a large upload may take as long as it needs. */
export function expectBodyWithin(request: IncomingMessage, milliseconds: number): void {
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, milliseconds).unref();
  request.once('close', () => clearTimeout(timer));
}

async function drainFor(request: IncomingMessage): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, longest, false);
  });
  const whole = await Promise.race([drain(request, most), enough]);
  clearTimeout(timer);
  return whole;
}
