import { expect, test } from 'vitest';
import { emptyNames, unevenNames } from './names.ts';
import { filesBelow } from './source.ts';

const code = ['src', 'test', 'tools', 'bin'].flatMap((folder) => filesBelow(folder));

test('names say what is inside', () => {
  expect(code.length).toBeGreaterThan(20);
  expect(emptyNames(code)).toEqual([]);
});

test('names are kebab-case', () => {
  expect(unevenNames(code.filter((file) => file.endsWith('.ts')))).toEqual([]);
});

test.each([
  'src/utils.ts',
  'src/lib/utils/x.ts',
  'src/lib/npm-helpers.ts',
  'src/registry/packageManager.ts',
  'src/access/token-service.ts',
  'src/common/x.ts',
  'test/harness/Helper.ts',
])('%s is found', (file) => {
  expect(emptyNames([file])).toEqual([file]);
});

test.each(['src/lib/DigestSet.ts', 'src/lib/digest_set.ts', 'src/Lib/digest.ts'])('%s is uneven', (file) => {
  expect(unevenNames([file])).toEqual([file]);
});

test('words that only contain one are fine', () => {
  expect(emptyNames(['src/database/utility-function.ts', 'src/http/serviceable.ts'])).toEqual([]);
  expect(
    unevenNames(['src/formats/npm/validate-npm-package-name.d.ts', 'src/database/migrations/0001-first.ts']),
  ).toEqual([]);
});
