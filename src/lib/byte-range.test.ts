import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ifRangeHolds, parseByteRange } from './byte-range.ts';

test.each([
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=99-', { start: 99, end: 99 }],
  ['bytes=50-1000', { start: 50, end: 99 }],
  ['bytes=-1', { start: 99, end: 99 }],
  ['bytes=-1000', { start: 0, end: 99 }],
  ['Bytes= 1-2 ', { start: 1, end: 2 }],
  [`bytes=0-${'9'.repeat(400)}`, { start: 0, end: 99 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=100-200', 'unsatisfiable'],
  [`bytes=${'9'.repeat(400)}-`, 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  [undefined, null],
  ['', null],
  ['bytes', null],
  ['bytes=', null],
  ['bytes=-', null],
  ['bytes=5-4', null],
  [`bytes=${'9'.repeat(400)}-5`, null],
  ['bytes=0-1,4-5', null],
  ['bytes=0-1,', null],
  ['bytes=a-b', null],
  ['bytes=--1', null],
  ['bytes=1.5-2', null],
  ['bytes=0x1-2', null],
  ['lines=0-1', null],
])('%s of 100 bytes', (header, expected) => {
  expect(parseByteRange(header, 100)).toEqual(expected);
});

test('an empty file is sent whole, whatever range was asked for', () => {
  for (const header of ['bytes=0-', 'bytes=5-', 'bytes=-5', 'bytes=-0']) expect(parseByteRange(header, 0)).toBeNull();
});

test('a range lies inside the file, for any header', () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}$/));
  fc.assert(
    fc.property(header, fc.nat(), (header, size) => {
      const range = parseByteRange(header, size);
      if (range === null || range === 'unsatisfiable') return true;
      return range.start >= 0 && range.start <= range.end && range.end < size;
    }),
  );
});

const modified = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

test.each([
  [undefined, true],
  ['"abc"', true],
  [' "abc" ', true],
  ['"abd"', false],
  ['W/"abc"', false],
  ['Fri, 02 Jan 2026 03:04:05 GMT', true],
  ['Fri, 02 Jan 2026 03:04:06 GMT', false],
  ['Fri, 02 Jan 2026 03:04:04 GMT', false],
  ['abc', false],
  ['', false],
])('If-Range: %s', (header, expected) => {
  expect(ifRangeHolds(header, '"abc"', modified)).toBe(expected);
});

test('a weak tag never holds for If-Range', () => {
  expect(ifRangeHolds('W/"abc"', 'W/"abc"', modified)).toBe(false);
  expect(ifRangeHolds('"abc"', 'W/"abc"', modified)).toBe(false);
});
