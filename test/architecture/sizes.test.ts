import { expect, test } from 'vitest';
import { exceptions, median, mostLinesAtTheMedian, tooLong } from './sizes.ts';
import { source, sourcesBelow } from './source.ts';

const src = sourcesBelow('src');
const all = [...src, ...sourcesBelow('test'), ...sourcesBelow('tools'), ...sourcesBelow('bin')];

test('no file over 400 lines, no function over 60', () => {
  expect(tooLong(all)).toEqual([]);
});

test(`the middle file of src has ${median(src)} lines; at most ${mostLinesAtTheMedian} are meant`, () => {
  expect(median(src)).toBeLessThanOrEqual(mostLinesAtTheMedian);
});

test('every exception still names something that is too long, and says why', () => {
  const found = tooLong(all, []).join('\n');
  for (const { what, reason } of exceptions) {
    expect(found).toContain(`${what} has `);
    expect(reason.length).toBeGreaterThan(20);
  }
});

const long = 'work();\n'.repeat(60);

test.each([
  ['file', 'work();\n'.repeat(401), 'src/lib/x.ts has 401 lines'],
  ['function', `export function big() {\n${long}}`, 'src/lib/x.ts#big has 62 lines'],
  ['arrow', `const big = () => {\n${long}};`, 'src/lib/x.ts#big has 62 lines'],
  ['method', `class A {\n  big() {\n${long}}\n}`, 'src/lib/x.ts#big has 62 lines'],
  ['callback', `each(function () {\n${long}});`, 'src/lib/x.ts#anonymous has 62 lines'],
])('a long %s is found', (_, text, says) => {
  expect(tooLong([source('src/lib/x.ts', text)])).toEqual([says]);
});

test('the limits themselves are allowed', () => {
  expect(tooLong([source('src/lib/x.ts', 'work();\n'.repeat(400))])).toEqual([]);
  expect(tooLong([source('src/lib/x.ts', `function a() {\n${'work();\n'.repeat(58)}}`)])).toEqual([]);
  expect(tooLong([source('src/lib/x.test.ts', `test('a', () => {\n${long}});`)])).toEqual([]);
});

test('the median ignores tests', () => {
  const sizes = [source('src/a.ts', 'a\n'), source('src/b.ts', 'b\nb\n'), source('src/c.ts', 'c\nc\nc\n')];
  expect(median([...sizes, source('src/c.test.ts', 'c\n'.repeat(9)), source('src/d.test.ts', '')])).toBe(2);
});
