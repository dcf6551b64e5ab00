import { expect, test } from 'vitest';
import { parseVersion } from './nuget-version.ts';
import { anyVersion, parseRange, rangeIsSemVer2, rangeText, satisfies } from './version-range.ts';

test.each([
  ['1.0', '[1.0.0, )'],
  ['[1.0]', '[1.0.0, 1.0.0]'],
  ['(,1.0]', '(, 1.0.0]'],
  ['(,1.0)', '(, 1.0.0)'],
  ['[1.0,2.0)', '[1.0.0, 2.0.0)'],
  ['(1.0,)', '(1.0.0, )'],
  ['[1.0, )', '[1.0.0, )'],
  [' ( 1.0 , 2.0-Beta+x ] ', '(1.0.0, 2.0.0-Beta]'],
  ['(, )', '(, )'],
])('%j is the range %j', (text, long) => {
  const range = parseRange(text);
  expect(range && rangeText(range)).toBe(long);
});

test.each([
  '',
  '(1.0)',
  '[1.0)',
  '(,)',
  '[]',
  '[',
  '[1.0',
  '1.0]',
  '[2.0,1.0]',
  '(1.0,1.0]',
  '[1,2,3]',
  '1.*',
  '*',
  'x',
])('%j is no range', (text) => {
  expect(parseRange(text)).toBeNull();
});

test.each([
  ['1.0', ['1.0', '1.0.1', '9'], ['1.0-beta', '0.9']],
  ['[1.0,2.0)', ['1.0.0', '1.9', '2.0-beta'], ['2.0', '0.9']],
  ['(1.0,2.0]', ['1.0.0.1', '2.0'], ['1.0', '2.0.1']],
  ['[1.0-RC]', ['1.0.0-rc+x'], ['1.0.0']],
])('%j has %j and not %j', (text, inside, outside) => {
  const range = parseRange(text) ?? anyVersion;
  const has = (version: string) => satisfies(parseVersion(version) ?? expect.unreachable(), range);
  expect(inside.filter(has)).toEqual(inside);
  expect(outside.filter(has)).toEqual([]);
});

test('any version: every one satisfies it', () => {
  expect(satisfies(parseVersion('0.0.0-a') ?? expect.unreachable(), anyVersion)).toBe(true);
  expect(rangeText(anyVersion)).toBe('(, )');
});

test('a bound that only SemVer 2 clients read', () => {
  const semVer2 = (text: string) => rangeIsSemVer2(parseRange(text) ?? anyVersion);
  expect(['1.0', '[1.0-a,2.0)', '(, )'].map(semVer2)).toEqual([false, false, false]);
  expect(['1.0-a.1', '(,1.0+x]'].map(semVer2)).toEqual([true, true]);
});
