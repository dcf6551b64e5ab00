import { expect, test } from 'vitest';
import { visible } from './table.ts';

test.each([
  ['left-pad', 'left-pad'],
  ['a\nb\tc', String.raw`a\nb\tc`],
  ['\u001b[31m', String.raw`\u001b[31m`],
  ['\u009b31m\u007f', String.raw`\u009b31m\u007f`],
  ['äß', 'äß'],
])('%j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});
