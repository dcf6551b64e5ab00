import { expect, test } from 'vitest';
import { isSpecifierSet } from './specifiers.ts';

test.each(['', '>=3.8', ' >= 3.8 , <4', '!=3.0.*,!=3.1.*', '~=3.8', '==3.*', '===3.8-custom', '>=3.6,', '>2.7.*'])(
  '%j',
  (text) => expect(isSpecifierSet(text)).toBe(true),
);

test.each(['3.8', '=>3.8', '>=', '>=x', '>=3.8 <4', '^3.8', '>=3.8;<4', `>=${'1'.repeat(1_000)}`, '>=3.8\n'.repeat(2)])(
  'not %j',
  (text) => expect(isSpecifierSet(text)).toBe(false),
);
