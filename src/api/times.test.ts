import { expect, test } from 'vitest';
import { instant, isoTime, isoTimeOrNull } from './times.ts';

test.each([
  ['2030-01-31', '2030-01-31T00:00:00.000Z'],
  ['2030-01-31T12:30', '2030-01-31T12:30:00.000Z'],
  ['2030-01-31 12:30:15', '2030-01-31T12:30:15.000Z'],
  ['2030-01-31T12:30:15.5Z', '2030-01-31T12:30:15.500Z'],
  ['2030-01-31T12:30:15+02:00', '2030-01-31T10:30:15.000Z'],
])('%s is %s', (text, expected) => {
  expect(isoTime(instant(text, 'x'))).toBe(expected);
});

test.each(['', 'soon', '2030', '2030-02-30', '2030-13-01', '31.01.2030', '2030-01-31T25:00', '1e9', '-1'])(
  '%s is refused',
  (text) => {
    expect(() => instant(text, 'x')).toThrow('x is not a date');
  },
);

test('never is null', () => {
  expect(isoTimeOrNull(null)).toBeNull();
});
