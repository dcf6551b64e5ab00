import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { RequestRecord } from '../lib/request-line.ts';
import type { Exchange } from './exchange.ts';
import { toProblem } from './problems.ts';
import { RequestWatch } from './request-watch.ts';

function exchange(headersSent: boolean): Exchange {
  const socket = { bytesWritten: 10, remoteAddress: '192.0.2.1' };
  const request = { method: 'GET', url: '/x', socket } as unknown as IncomingMessage;
  const response = Object.assign(new EventEmitter(), { headersSent, statusCode: 200 }) as unknown as ServerResponse;
  return { request, response, requestId: '', route: 'GET /x', caller: '', repeatable: null };
}

function watching(addressOf?: (request: IncomingMessage) => string) {
  const records: RequestRecord[] = [];
  const observed: unknown[][] = [];
  const meter = { observe: (...values: [string, string, number, number]) => void observed.push(values) };
  return { records, observed, watch: new RequestWatch((record) => void records.push(record), meter, addressOf) };
}

test('each request is logged and measured once, when its answer has gone', () => {
  const { records, observed, watch } = watching();
  const first = exchange(true);
  watch.begin(first, performance.now());
  expect([watch.underWay, records]).toEqual([1, []]);
  (first.request.socket as { bytesWritten: number }).bytesWritten += 100;
  first.response.emit('close');
  first.response.emit('close');
  expect(watch.underWay).toBe(0);
  expect(records).toMatchObject([{ status: 200, bytes: 100, caller: 'anonymous', remote: '192.0.2.1', target: '/x' }]);
  expect(observed).toMatchObject([['GET /x', 'GET', 200, expect.any(Number)]]);
});

test('who went away before the answer began is a 499', () => {
  const { records, watch } = watching();
  const gone = exchange(false);
  watch.begin(gone, 0);
  gone.response.emit('close');
  expect(records).toMatchObject([{ status: 499 }]);
});

test('every request has a name of its own, which an answer of ours that failed repeats', () => {
  const { records, watch } = watching();
  const failed = exchange(true);
  watch.begin(failed, 0);
  watch.hot(failed.request, { route: 'r', caller: 'alice', status: 304, bytes: 0 }, 0);
  failed.response.emit('close');
  expect(new Set(records.map(({ requestId }) => requestId)).size).toBe(2);
  const logged: object[] = [];
  const log = { error: (details: object) => void logged.push(details), warn: () => undefined };
  const told = toProblem(new Error('a defect'), failed, log);
  expect(told).toMatchObject({ status: 500, reason: '', headers: { 'x-request-id': failed.requestId } });
  expect(logged).toMatchObject([{ requestId: failed.requestId }]);
  expect(records.map(({ requestId }) => requestId)).toContain(failed.requestId);
});

test('the address is that of the client, as far as it is known', () => {
  const { records, watch } = watching(() => '203.0.113.9');
  watch.hot(exchange(true).request, { route: 'r', caller: '', status: 200, bytes: 1 }, 0);
  expect(records).toMatchObject([{ remote: '203.0.113.9' }]);
});
