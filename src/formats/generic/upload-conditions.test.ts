import { describe, expect, test } from 'vitest';
import { checkConditions, isConditional, readConditions } from './upload-conditions.ts';

const sha256 = 'a'.repeat(64);
const other = 'b'.repeat(64);

test.each([
  [{}, {}],
  [{ 'if-none-match': ' * ' }, { refuseExistingFile: true }],
  [{ 'if-match': `"${sha256}"` }, { replaceOnlySha256: sha256 }],
  [{ 'if-match': '*' }, { replaceOnlySha256: '*' }],
])('%j', (headers, conditions) => {
  expect(readConditions(headers)).toEqual(conditions);
  expect(isConditional(readConditions(headers))).toBe(Object.keys(headers).length > 0);
});

test.each([
  { 'if-match': sha256 },
  { 'if-match': `W/"${sha256}"` },
  { 'if-match': `"${sha256}", "${other}"` },
  { 'if-match': '"x"' },
  { 'if-none-match': `"${sha256}"` },
  { 'if-none-match': '*', 'if-match': '*' },
])('%j cannot be kept', (headers) => {
  expect(() => readConditions(headers)).toThrow(expect.objectContaining({ code: 'precondition-failed' }));
});

describe('against the file there is', () => {
  test.each([
    ['anything goes', {}, null],
    ['anything goes', {}, sha256],
    ['create only', { refuseExistingFile: true }, null],
    ['replace this', { replaceOnlySha256: sha256 }, sha256],
    ['replace any', { replaceOnlySha256: '*' }, other],
  ] as const)('%s holds', (_what, conditions, present) => {
    expect(() => checkConditions(conditions, present, 'f')).not.toThrow();
  });

  test.each([
    ['create only', { refuseExistingFile: true }, sha256],
    ['replace this', { replaceOnlySha256: sha256 }, other],
    ['replace this', { replaceOnlySha256: sha256 }, null],
    ['replace any', { replaceOnlySha256: '*' }, null],
  ] as const)('%s does not hold', (_what, conditions, present) => {
    expect(() => checkConditions(conditions, present, 'f')).toThrow(
      expect.objectContaining({ code: 'precondition-failed' }),
    );
  });
});
