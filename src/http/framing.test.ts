import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { framingFault } from './framing.ts';

const fault = (headers: IncomingHttpHeaders, major = 1, minor = 1): string | null =>
  framingFault({ headers, httpVersionMajor: major, httpVersionMinor: minor } as IncomingMessage);

test.each<IncomingHttpHeaders>([
  {},
  { host: 'a.example:8080' },
  { 'transfer-encoding': 'chunked' },
  { 'transfer-encoding': 'Chunked' },
])('%j is well', (headers) => {
  expect(fault(headers)).toBeNull();
});

test.each<IncomingHttpHeaders>([
  { host: 'a, b' },
  { 'transfer-encoding': 'gzip, chunked' },
  { 'transfer-encoding': 'chunked, chunked' },
  { 'transfer-encoding': 'identity' },
  { 'transfer-encoding': '' },
])('%j is not', (headers) => {
  expect(fault(headers)).toMatch(/\.$/);
});

test('HTTP/1.0 knows no chunks', () => {
  expect(fault({ 'transfer-encoding': 'chunked' }, 1, 0)).toMatch(/HTTP\/1\.0/);
  expect(fault({}, 1, 0)).toBeNull();
});
