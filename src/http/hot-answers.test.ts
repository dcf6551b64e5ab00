import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { Exchange } from './exchange.ts';
import { HotAnswers } from './hot-answers.ts';

let stamp: number | null;
let looks: number;
let now: number;
let hits: number;
let hot: HotAnswers;

beforeEach(() => {
  [stamp, looks, now, hits] = [7, 0, 1_000_000, 0];
  hot = new HotAnswers(
    () => {
      looks++;
      return stamp;
    },
    () => now,
  );
});

const request = (headers: IncomingHttpHeaders = {}, method = 'GET', url = '/left-pad'): IncomingMessage =>
  ({ method, url, headers: { host: 'x.test', authorization: 'Bearer a', ...headers } }) as unknown as IncomingMessage;

/** What a response is told, in order. */
function response(): { told: unknown[]; as: ServerResponse } {
  const told: unknown[] = [];
  const writeHead = (status: number): void => void told.push(status);
  const end = (body?: Buffer): void => void told.push(body?.toString() ?? null);
  return { told, as: { writeHead, end } as unknown as ServerResponse };
}

function remember(of: IncomingMessage, until = Infinity, more: Record<string, string> = {}): void {
  const exchange = { request: of, route: 'npm GET /:name', caller: 'ada', repeatable: { stamp: 7, until } };
  hot.remember(exchange as unknown as Exchange, {
    headers: { etag: '"1"', 'content-length': '5', ...more },
    body: Buffer.from('bytes'),
    validators: { etag: '"1"', lastModified: 0 },
    onHit: () => void hits++,
  });
}

function ask(of: IncomingMessage): unknown[] | null {
  const { told, as } = response();
  return hot.answer(of, as) === null ? null : told;
}

test('an equal request gets the same answer, and counts', () => {
  remember(request());
  const { told, as } = response();
  expect(hot.answer(request(), as)).toEqual({ route: 'npm GET /:name', caller: 'ada', status: 200, bytes: 5 });
  expect(told).toEqual([200, 'bytes']);
  expect(hits).toBe(1);
});

test('an answer that depends on a header which nobody compares is not repeated', () => {
  remember(request(), Infinity, { vary: 'Accept, Symbolchecksum' });
  expect(ask(request())).toBeNull();
  remember(request(), Infinity, { vary: 'Accept, Accept-Encoding' });
  expect(ask(request())).toEqual([200, 'bytes']);
});

test('HEAD has no body and counts for nothing; a condition that holds gives 304', () => {
  remember(request());
  expect(ask(request({}, 'HEAD'))).toEqual([200, null]);
  expect(ask(request({ 'if-none-match': '"1"' }))).toEqual([304, null]);
  expect(ask(request({ 'if-none-match': '"2"' }))).toEqual([200, 'bytes']);
  expect(hits).toBe(1);
});

test.each([
  ['another credential', { authorization: 'Bearer b' }],
  ['none', { authorization: undefined }],
  ['another host', { host: 'y.test' }],
  ['another form', { accept: 'text/html' }],
  ['another encoding', { 'accept-encoding': 'gzip' }],
  ['a range', { range: 'bytes=0-1' }],
  ['a token elsewhere', { 'private-token': 'a' }],
  ['a precondition', { 'if-match': '"1"' }],
])('%s is another request', (_, headers) => {
  remember(request());
  expect(ask(request(headers))).toBeNull();
});

test('a publish is another request', () => {
  remember(request());
  expect(ask(request({}, 'PUT'))).toBeNull();
});

test('after a commit nothing is repeated', async () => {
  remember(request());
  expect(ask(request())).not.toBeNull();
  stamp = 8;
  await nextTurn();
  expect(ask(request())).toBeNull();
});

test('where the database cannot tell, nothing is repeated', () => {
  remember(request());
  stamp = null;
  expect(ask(request())).toBeNull();
});

test('the database is looked at once for all requests of a turn, and again in the next', async () => {
  remember(request());
  for (let index = 0; index < 5; index++) expect(ask(request())).not.toBeNull();
  expect(looks).toBe(1);
  await nextTurn();
  expect(ask(request())).not.toBeNull();
  expect(looks).toBe(2);
});

test('an answer lives no longer than its credential, and a second at most', () => {
  remember(request(), now + 10);
  now += 10;
  expect(ask(request())).toBeNull();
  remember(request());
  now += 1_000;
  expect(ask(request())).toBeNull();
});
