import { expect, test } from 'vitest';
import { oneLine } from './one-line.ts';

test.each([
  ['MIT', 'MIT'],
  [' two\r\nlines ', 'two lines'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['right\u202eto left', 'right to left'],
  ['x'.repeat(300), `${'x'.repeat(199)}…`],
  ['', ''],
])('%j: %j', (text, line) => {
  expect(oneLine(text)).toBe(line);
});
