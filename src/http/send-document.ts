import type { DocumentReply } from '../formats/format.ts';
import { evaluateConditions } from '../lib/conditional.ts';
import { problem } from '../problems/problem.ts';
import type { Exchange } from './exchange.ts';
import { safeHeaders } from './exchange.ts';
import type { HotAnswers } from './hot-answers.ts';
import { acceptsGzip } from './send-plain.ts';

/** Sends a rendered document: 304 when the client has it, else gzip or identity bytes from memory. */
export async function sendDocument(exchange: Exchange, reply: DocumentReply, hot: HotAnswers): Promise<void> {
  const { request, response } = exchange;
  const { document } = reply;
  const packed = acceptsGzip(request.headers['accept-encoding']) ? await document.gzip?.() : undefined;
  const headers: Record<string, string> = {
    ...safeHeaders,
    'content-type': document.mediaType,
    'cache-control': 'private, max-age=0, must-revalidate',
    etag: document.etag,
    'last-modified': new Date(document.lastModified).toUTCString(),
    vary: 'Accept, Accept-Encoding',
    ...reply.headers,
  };
  const verdict = evaluateConditions(request.method ?? 'GET', request.headers, document);
  if (verdict === 'precondition-failed') throw problem('precondition-failed', 'The document is another one by now.');
  const bytes = packed ?? (await document.identity());
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = {
    ...headers,
    'content-length': String(body.length),
    ...(packed === undefined ? {} : { 'content-encoding': 'gzip' }),
  };
  if (reply.repeatable !== false) hot.remember(exchange, { headers: whole, body, validators: document, onHit: null });
  if (verdict === 'not-modified') {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  response.writeHead(200, whole);
  response.end(request.method === 'HEAD' ? undefined : body);
}
