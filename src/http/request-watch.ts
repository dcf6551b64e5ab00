import { randomBytes } from 'node:crypto';
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
  readonly #addressOf: (request: IncomingMessage) => string;
  /** Tells this process's requests from those of others, and of earlier ones. */
  readonly #prefix = randomBytes(3).toString('hex');
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  #underWay = 0;
  #count = 0;

  constructor(
    log: (record: RequestRecord) => void,
    meter: RequestMeter,
    addressOf: (request: IncomingMessage) => string = ({ socket }) => socket.remoteAddress ?? '',
  ) {
    this.#log = log;
    this.#meter = meter;
    this.#addressOf = addressOf;
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
    exchange.requestId = this.#nextId();
    this.#exchanges.set(exchange.request, exchange);
    const before = exchange.request.socket.bytesWritten;
    exchange.response.once('close', () => {
      this.#underWay--;
      const { request, response } = exchange;
      // A response that never began was cut off by its client: 499, as nginx logs it.
      const status = response.headersSent ? response.statusCode : 499;
      const { route, caller, requestId } = exchange;
      const bytes = request.socket.bytesWritten - before;
      this.#note(request, { route, caller, status, bytes }, requestId, started);
    });
  }

  hot(request: IncomingMessage, hit: HotHit, started: number): void {
    this.#note(request, hit, this.#nextId(), started);
  }

  #nextId(): string {
    return `${this.#prefix}-${(++this.#count).toString(36)}`;
  }

  #note(request: IncomingMessage, told: HotHit, requestId: string, started: number): void {
    const milliseconds = performance.now() - started;
    const method = request.method ?? '';
    this.#meter.observe(told.route, method, told.status, milliseconds);
    this.#log({
      method,
      target: request.url ?? '',
      status: told.status,
      bytes: told.bytes,
      milliseconds,
      caller: told.caller === '' ? anonymous.kind : told.caller,
      requestId,
      remote: this.#addressOf(request),
    });
  }
}
