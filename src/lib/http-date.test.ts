import { expect, test } from 'vitest';
import { formatHttpDate, parseHttpDate } from './http-date.ts';

const time = Date.UTC(1994, 10, 6, 8, 49, 37);

test('reads all three forms of RFC 9110', () => {
  expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(time);
  expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(time);
  expect(parseHttpDate('Sun Nov  6 08:49:37 1994')).toBe(time);
});

test.each(['', '0', '2024', '1994-11-06', 'yesterday', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nox 1994 08:49:37 GMT'])(
  'takes %j for no date',
  (text) => {
    expect(parseHttpDate(text)).toBeNull();
  },
);

test('writes what it reads', () => {
  expect(formatHttpDate(time + 999)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  expect(parseHttpDate(formatHttpDate(time))).toBe(time);
});
