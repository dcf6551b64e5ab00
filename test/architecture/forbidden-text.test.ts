import { expect, test } from 'vitest';
import { forbiddenText } from './forbidden-text.ts';
import { filesBelow, textOf } from './source.ts';

/** Tests of redaction need something that looks like a token. */
const lookingLikeTokens = 'src/lib/log.test.ts holds a token';

const written = filesBelow('').filter((file) =>
  /\.(ts|mjs|js|json|md|yml|yaml|html|css|http|txt|sh)$|(^|\/)[^.]+$/.test(file),
);

test('the project’s text belongs to no machine and no moment', () => {
  expect(written).toContain('package.json');
  const found = written.flatMap((file) => forbiddenText(file, textOf(file)));
  expect(found.filter((finding) => finding !== lookingLikeTokens)).toEqual([]);
});

/** Put together here, so that this file is clean itself. */
const glued = (...pieces: string[]): string => pieces.join('');

test.each([
  ['a path of a development machine', glued('see /', 'work/x')],
  ['a conflict marker', glued('a\n', '<'.repeat(7), ' HEAD\nb')],
  ['a focused test', glued('test.', "only('x', () => {});")],
  ['a token', glued('gl', 'pat-', 'a1'.repeat(10))],
  ['a private key', glued('-----BEGIN EC PRI', 'VATE KEY-----')],
])('%s is found', (what, text) => {
  expect(forbiddenText('x.md', text)).toEqual([`x.md holds ${what}`]);
});

test('ordinary words are fine', () => {
  expect(forbiddenText('x.md', 'how we work / play; test.skipIf(x); a token glpat-<secret>')).toEqual([]);
});
