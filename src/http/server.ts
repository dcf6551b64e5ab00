import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { FormatMount } from './format-mount.ts';
import { dispatch } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import type { HotAnswers } from './hot-answers.ts';
import { expectContinue } from './request-body.ts';
import type { RequestWatch } from './request-watch.ts';

export interface ServerParts {
  readonly hot: HotAnswers;
  readonly mounts: ReadonlyMap<string, FormatMount>;
  readonly watch: RequestWatch;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** Answers probes; `false` = something else was asked for. */
  readonly health: (exchange: Exchange) => boolean;
  /** Everything else: the web framework. */
  readonly fallback: RequestListener;
}

/** Clients reuse connections for minutes; closing an idle one earlier than they do makes their next request fail. */
const keepAlive = 75_000;
const headersWithin = 30_000;
/** A connection on which nothing moves is closed; how long a transfer takes altogether is nobody's business. */
const idle = 120_000;

/** Answers from memory what can be, and hands package protocols to their format mounts. */
export function createHttpServer(parts: ServerParts): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const started = performance.now();
    const hit = parts.hot.answer(request, response);
    if (hit !== null) {
      parts.watch.hot(request, hit, started);
      return;
    }
    const exchange: Exchange = { request, response, route: '', caller: '', repeatable: null };
    parts.watch.begin(exchange, started);
    const found = dispatch(request.url ?? '', parts.mounts);
    if (found === null) {
      if (!parts.health(exchange)) parts.fallback(request, response);
    } else void found.mount.handle(exchange, found.path, found.rawBase, found.rawPath);
  };
  const options = { keepAliveTimeout: keepAlive, headersTimeout: headersWithin, requestTimeout: 0, noDelay: true };
  const server =
    parts.tls === null ? createServer(options, listener) : createTlsServer({ ...options, ...parts.tls }, listener);
  server.timeout = idle;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    expectContinue(response);
    listener(request, response);
  });
  return server;
}
