import { expect, test } from 'vitest';
import { daysFrom, expiryDate, parseExpiryDate } from './expiry.ts';

test('a date is the first moment of its day in UTC', () => {
  expect(parseExpiryDate('2030-01-31')).toBe(Date.UTC(2030, 0, 31));
  expect(expiryDate(parseExpiryDate('2028-02-29'))).toBe('2028-02-29');
  expect(daysFrom(Date.UTC(2030, 0, 1, 23, 59), 7)).toBe(Date.UTC(2030, 0, 8));
});

test.each(['', '2030-1-1', '2030-02-30', '2029-02-29', '2030-13-01', '2030-01-01T00:00:00Z', 'tomorrow', '20300101'])(
  'refuses %j',
  (text) => {
    expect(() => parseExpiryDate(text)).toThrow('expires_at must be a date');
  },
);
