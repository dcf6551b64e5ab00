import { expect, test } from 'vitest';
import { partSizeOf } from './s3-parts.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;

test.each([
  [17 * mib, 8 * mib],
  [5 * gib, 8 * mib],
  [80_000 * mib, 8 * mib],
  [80_001 * mib, 9 * mib],
  [5_000 * gib, 512 * mib],
])('%d bytes go in parts of %d, no more than 10,000', (size, part) => {
  expect(partSizeOf(size)).toBe(part);
  expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
});
