import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { problem } from '../problems/problem.ts';
import type { Connections } from './connections.ts';
import { dispatch, type Mounts } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import { continueWhenRead } from './expect-continue.ts';
import { framingFault } from './framing.ts';
import type { HotAnswers } from './hot-answers.ts';
import { withoutPrefix } from './path-prefix.ts';
import { gitlabProblem } from './problems.ts';
import type { RequestWatch } from './request-watch.ts';
import { sendPlain } from './send-plain.ts';
import { expectBodyWithin, forgetRest, hasBody } from './unread-body.ts';

export interface ServerParts {
  /** Path of the public URL, which requests may still have in front; empty or left out = none. */
  readonly prefix?: string;
  readonly hot: HotAnswers;
  readonly mounts: Mounts;
  readonly watch: RequestWatch;
  readonly connections: Connections;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** `true` once the server is about to stop: connections end with the answer under way. */
  readonly draining: () => boolean;
  /** Answers probes; `false` = something else was asked for. */
  readonly health: (exchange: Exchange) => boolean;
  /** Everything else: the web framework. */
  readonly fallback: RequestListener;
}

/** Milliseconds. */
export interface Timeouts {
  /** Clients reuse connections for minutes; closing an idle one earlier than they do makes their next request fail. */
  readonly keepAlive: number;
  /** For the request line and headers. */
  readonly headers: number;
  /** For a body that the web framework reads: small ones. */
  readonly smallBody: number;
  /** A connection on which nothing moves is closed; how long a transfer takes altogether is nobody's business. */
  readonly idle: number;
  /** How often all this is looked at. */
  readonly checkEvery: number;
}

const defaultTimeouts: Timeouts = {
  keepAlive: 75_000,
  headers: 20_000,
  smallBody: 60_000,
  idle: 120_000,
  checkEvery: 5_000,
};

/** Answers from memory what can be, and hands package protocols to their format mounts. */
export function createHttpServer(parts: ServerParts, timeouts: Timeouts = defaultTimeouts): Server {
  const { prefix = '' } = parts;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const started = performance.now();
    if (prefix !== '') request.url = withoutPrefix(request.url ?? '', prefix);
    if (parts.draining()) response.shouldKeepAlive = false;
    const hit = parts.hot.answer(request, response);
    if (hit !== null) {
      parts.watch.hot(request, hit, started);
      return;
    }
    const exchange: Exchange = { request, response, requestId: '', route: '', caller: '', repeatable: null };
    parts.connections.begin(exchange);
    parts.watch.begin(exchange, started);
    if (hasBody(request)) forgetRest(request, response);
    serve(exchange, parts, timeouts);
  };
  const server = serverFor(listener, parts.tls, timeouts);
  parts.connections.watch(server, parts.tls !== null);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response);
    listener(request, response);
  });
  server.on('timeout', (socket: Socket) => {
    if (!parts.connections.awaitsUs(socket)) socket.destroy();
  });
  return server;
}

function serve(exchange: Exchange, parts: ServerParts, { smallBody }: Timeouts): void {
  const { request, response } = exchange;
  const fault = framingFault(request);
  if (fault !== null) {
    response.shouldKeepAlive = false;
    sendPlain(exchange, gitlabProblem(problem('invalid-request', fault)));
    return;
  }
  const found = dispatch(request.url ?? '', parts.mounts);
  if (found !== null) {
    void found.mount.handle(exchange, found.path, found.rawBase, found.rawPath);
  } else if (!parts.health(exchange)) {
    if (hasBody(request)) expectBodyWithin(request, smallBody);
    parts.fallback(request, response);
  }
}

function serverFor(listener: RequestListener, tls: ServerParts['tls'], timeouts: Timeouts): Server {
  const options = {
    keepAliveTimeout: timeouts.keepAlive,
    headersTimeout: timeouts.headers,
    requestTimeout: 0,
    connectionsCheckingInterval: timeouts.checkEvery,
    // Otherwise the first of two lines wins in silence: two hosts, or two credentials.
    joinDuplicateHeaders: true,
    noDelay: true,
  };
  const server = tls === null ? createServer(options, listener) : createTlsServer({ ...options, ...tls }, listener);
  server.timeout = timeouts.idle;
  // Node drops the headers beyond the thousandth in silence; their size is bounded anyway.
  server.maxHeadersCount = 0;
  return server;
}
