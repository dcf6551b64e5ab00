import { expect, test } from 'vitest';
import { splitVersion } from './split-version.ts';

test.each([
  ['left-pad', 'left-pad', null],
  ['left-pad@1.3.0', 'left-pad', '1.3.0'],
  ['@acme/lace', '@acme/lace', null],
  ['@acme/lace@1.0.0', '@acme/lace', '1.0.0'],
  ['com.acme:lib@1.0', 'com.acme:lib', '1.0'],
  ['left-pad@', 'left-pad', null],
])('%s', (written, name, version) => {
  expect(splitVersion(written)).toEqual({ name, version });
});
