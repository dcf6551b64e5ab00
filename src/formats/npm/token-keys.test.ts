import { expect, test } from 'vitest';
import { keyOfToken, tokenOfKey } from './token-keys.ts';

test('keys and ids lead to each other, and neighbours differ in the first six digits', () => {
  const ids = [...Array.from({ length: 300 }, (_, index) => index + 1), 2 ** 24, 2 ** 32, 2 ** 45 + 7];
  const keys = ids.map(keyOfToken);
  expect(keys.map(tokenOfKey)).toEqual(ids);
  expect(keys.every((key) => /^[0-9a-f]{8,}$/.test(key))).toBe(true);
  expect(new Set(keys.slice(0, 300).map((key) => key.slice(0, 6))).size).toBe(300);
});

test.each(['', '1', '1234567', 'pyat-abcdef', 'ABCDEF01', '0x000001', '12345678901234', '1000000 '])(
  '%j is no key',
  (text) => {
    expect(tokenOfKey(text)).toBeNull();
  },
);
