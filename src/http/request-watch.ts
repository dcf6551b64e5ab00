import type { IncomingMessage } from 'node:http';
import { anonymous } from '../access/caller.ts';
import type { RequestRecord } from '../lib/request-line.ts';
import type { Exchange } from './exchange.ts';
import type { HotHit } from './hot-answers.ts';

/** What is measured of every request. */
export interface RequestMeter {
  observe(route: string, method: string, status: number, milliseconds: number): void;
}

/** Watches requests end, for the log and the metrics; knows how many are under way. */
export class RequestWatch {
  readonly #log: (record: RequestRecord) => void;
  readonly #meter: RequestMeter;
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  #underWay = 0;
  #count = 0;

  constructor(log: (record: RequestRecord) => void, meter: RequestMeter) {
    this.#log = log;
    this.#meter = meter;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** The exchange of a request, for those that the web framework handed only the request. */
  exchangeOf(request: IncomingMessage): Exchange | undefined {
    return this.#exchanges.get(request);
  }

  begin(exchange: Exchange, started: number): void {
    this.#underWay++;
    this.#exchanges.set(exchange.request, exchange);
    const before = exchange.request.socket.bytesWritten;
    exchange.response.once('close', () => {
      this.#underWay--;
      const { request, response } = exchange;
      // A response that never began was cut off by its client: 499, as nginx logs it.
      const status = response.headersSent ? response.statusCode : 499;
      this.#note(request, exchange.route, exchange.caller, status, request.socket.bytesWritten - before, started);
    });
  }

  hot(request: IncomingMessage, hit: HotHit, started: number): void {
    this.#note(request, hit.route, hit.caller, hit.status, hit.bytes, started);
  }

  #note(request: IncomingMessage, route: string, caller: string, status: number, bytes: number, started: number): void {
    const milliseconds = performance.now() - started;
    const method = request.method ?? '';
    this.#meter.observe(route, method, status, milliseconds);
    this.#log({
      method,
      target: request.url ?? '',
      status,
      bytes,
      milliseconds,
      caller: caller === '' ? anonymous.kind : caller,
      requestId: (++this.#count).toString(36),
      remote: request.socket.remoteAddress,
    });
  }
}
