import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer, with what the log line and the metrics say of it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Names the request in the log. */
  requestId: string;
  /** `npm GET /:name`: bounded in number, for metrics. */
  route: string;
  /** `alice`, `deploy-token:7`, or empty. */
  caller: string;
  /** Set when the answer may be repeated for equal requests until something changes. */
  repeatable: Repeatable | null;
}

/** Facts that let the fast path give an answer again without asking anybody. */
export interface Repeatable {
  /** When the caller's credential ends, milliseconds since the epoch. */
  readonly until: number;
  /** `Database.stamp()` read before the first look-up of the request. */
  readonly stamp: number;
}

/** Headers that every answer carries: nothing we serve is a page for scripts of others. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
};
