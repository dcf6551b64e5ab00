import { describe, expect, test } from 'vitest';
import { segmentsOf } from './path.ts';

describe('segmentsOf', () => {
  test.each([
    ['', []],
    ['/', []],
    ['/left-pad', ['left-pad']],
    ['/@s%2fpkg', ['@s/pkg']],
    ['/@s%2Fpkg/-/pkg-1.0.0.tgz', ['@s/pkg', '-', 'pkg-1.0.0.tgz']],
    ['/%40s/pkg', ['@s', 'pkg']],
    ['/a/', ['a']],
    ['/pkg..tgz/..foo', ['pkg..tgz', '..foo']],
    ['/a+b', ['a+b']],
    ['/%E2%82%AC', ['€']],
  ])('%s', (raw, segments) => {
    expect(segmentsOf(raw)).toEqual(segments);
  });

  test.each([
    '/a//b',
    '/a/./b',
    '/a/../b',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/x',
    '/a%2f%2e%2e',
    '/a%2f%2fb',
    '/%2F%2Fetc',
    '/..%252f..%252f',
    '/a%00b',
    '/a%0ab',
    '/a%5c..%5cb',
    '/a\\b',
    '/%ff',
    '/%c0%ae%c0%ae/',
    '/%',
    `/${'a'.repeat(9_000)}`,
  ])('refuses %s', (raw) => {
    expect(() => segmentsOf(raw)).toThrow(expect.objectContaining({ code: 'invalid-path', status: 400 }));
  });
});
