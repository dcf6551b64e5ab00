import { expect, test } from 'vitest';
import { wantsAbbreviated } from './accept.ts';

const short = 'application/vnd.npm.install-v1+json';

test.each([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['application/json', false],
  ['application/json; q=1.0, */*', false],
  ['text/html', false],
  [short, true],
  [`${short}; q=1.0, application/json; q=0.8, */*`, true],
  [`${short}, application/json`, true],
  [`application/json, ${short}`, true],
  [`application/json, ${short};q=0.9`, false],
  [`${short};q=0, application/json`, false],
  [`${short};q=0.5, */*;q=0.8`, false],
  [`${short};q=0.5, application/*;q=0.5`, true],
  [`${short};q=banana`, true],
  [`${short.toUpperCase()} ; Q=0.7 , application/json;q=0.6`, true],
  [',,;;,', false],
])('%j: %s', (accept, abbreviated) => {
  expect(wantsAbbreviated(accept)).toBe(abbreviated);
});
