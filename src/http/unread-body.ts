/** What becomes of a body that nobody wants: its sender must hear the answer, and must not keep us busy for long. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlainReply } from '../formats/format.ts';
import { drain } from '../lib/streams.ts';
import type { Exchange } from './exchange.ts';
import { isWaiting } from './expect-continue.ts';
import { plainAnswer, sendPlain } from './send-plain.ts';

interface Bounds {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** What is read and forgotten at most. */
const lingering: Bounds = { bytes: 64 * 2 ** 20, milliseconds: 10_000 };
/** So little is read before the answer: waiting for it costs less than a new connection does. */
const little: Bounds = { bytes: 64 * 1024, milliseconds: 100 };

export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Refuses a request. While its body is on its way the client is told to stop (`Connection: close`), and what it sent
 * meanwhile is read before the connection ends, for data left unread makes the system reset it and the answer is lost.
 */
export async function refuse(exchange: Exchange, reply: PlainReply): Promise<void> {
  const { request, response } = exchange;
  if (isShort(request)) await drainWithin(request, little);
  if (request.complete || !hasBody(request)) {
    sendPlain(exchange, reply);
    return;
  }
  const { status, reason, headers, body } = plainAnswer(request, reply);
  if (reason !== undefined) response.statusMessage = reason;
  response.writeHead(status, { ...headers, connection: 'close' });
  if (body !== null) response.write(body);
  if (!isWaiting(request)) await drainWithin(request, lingering);
  response.end();
}

function isShort(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) <= little.bytes && hasBody(request) && !isWaiting(request);
}

/** After an answer that needed no body, reads within bounds what is left of it, so that the connection can go on. */
export function forgetRest(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (!request.complete) void drainWithin(request, lingering).then((whole) => whole || request.destroy());
  });
}

/** Ends a request whose body isn't complete in time. Only for small ones: a large upload may take as long as it needs. */
export function expectBodyWithin(request: IncomingMessage, milliseconds: number): void {
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, milliseconds).unref();
  request.once('close', () => clearTimeout(timer));
}

async function drainWithin(request: IncomingMessage, { bytes, milliseconds }: Bounds): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const whole = await Promise.race([drain(request, bytes), enough]);
  clearTimeout(timer);
  return whole;
}
