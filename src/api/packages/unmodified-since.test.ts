import { expect, test } from 'vitest';
import { unmodifiedSince } from './unmodified-since.ts';

const changedAt = Date.parse('2030-01-01T00:00:05.900Z');

test.each([undefined, '', 'whenever', 'Tue, 01 Jan 2030 00:00:05 GMT', 'Wed, 02 Jan 2030 00:00:00 GMT'])(
  '%s lets it pass: unchanged since, in whole seconds, or no date',
  (header) => {
    expect(() => unmodifiedSince(header, changedAt)).not.toThrow();
  },
);

test('a change after that second is refused', () => {
  expect(() => unmodifiedSince('Tue, 01 Jan 2030 00:00:04 GMT', changedAt)).toThrow('412');
});
