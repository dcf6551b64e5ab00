import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateConditions } from './conditional.ts';

const before = 'Fri, 02 Jan 2026 03:04:04 GMT';
const same = 'Fri, 02 Jan 2026 03:04:05 GMT';
const after = 'Fri, 02 Jan 2026 03:04:06 GMT';
const current = { etag: '"abc"', lastModified: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
const weak = { ...current, etag: 'W/"abc"' };

test('nothing asked, nothing refused', () => {
  expect(evaluateConditions('GET', {}, current)).toBe('proceed');
  expect(evaluateConditions('PUT', {}, null)).toBe('proceed');
});

test.each([
  ['"abc"', 'not-modified'],
  ['W/"abc"', 'not-modified'],
  ['*', 'not-modified'],
  [' * ', 'not-modified'],
  ['"x", W/"abc" , "y"', 'not-modified'],
  ['"x","abc"', 'not-modified'],
  ['"with, comma", "abc"', 'not-modified'],
  ['"abcd"', 'proceed'],
  ['"ab"', 'proceed'],
  ['"x"', 'proceed'],
  ['abc', 'proceed'],
  ['"abc', 'proceed'],
  ['W/', 'proceed'],
  ['', 'proceed'],
  ['"', 'proceed'],
  ['*, "x"', 'proceed'],
])('If-None-Match: %s on GET', (header, verdict) => {
  expect(evaluateConditions('GET', { 'if-none-match': header }, current)).toBe(verdict);
  expect(evaluateConditions('HEAD', { 'if-none-match': header }, weak)).toBe(verdict);
  const onPut = verdict === 'proceed' ? 'proceed' : 'precondition-failed';
  expect(evaluateConditions('PUT', { 'if-none-match': header }, current)).toBe(onPut);
});

test('If-None-Match: * creates only what is not there', () => {
  expect(evaluateConditions('PUT', { 'if-none-match': '*' }, null)).toBe('proceed');
  expect(evaluateConditions('PUT', { 'if-none-match': '*' }, current)).toBe('precondition-failed');
});

test.each([
  ['"abc"', 'proceed'],
  ['"x", "abc"', 'proceed'],
  ['*', 'proceed'],
  ['W/"abc"', 'precondition-failed'],
  ['"x"', 'precondition-failed'],
  ['abc', 'precondition-failed'],
  ['', 'precondition-failed'],
])('If-Match: %s', (header, verdict) => {
  expect(evaluateConditions('PUT', { 'if-match': header }, current)).toBe(verdict);
  expect(evaluateConditions('GET', { 'if-match': header }, current)).toBe(verdict);
});

test('If-Match compares strongly: a weak tag of ours only matches *', () => {
  expect(evaluateConditions('GET', { 'if-match': 'W/"abc"' }, weak)).toBe('precondition-failed');
  expect(evaluateConditions('GET', { 'if-match': '"abc"' }, weak)).toBe('precondition-failed');
  expect(evaluateConditions('GET', { 'if-match': '*' }, weak)).toBe('proceed');
  expect(evaluateConditions('PUT', { 'if-match': '*' }, null)).toBe('precondition-failed');
});

test.each([
  [before, 'proceed'],
  [same, 'not-modified'],
  [after, 'not-modified'],
  ['2099', 'proceed'],
  ['', 'proceed'],
])('If-Modified-Since: %s', (header, verdict) => {
  expect(evaluateConditions('GET', { 'if-modified-since': header }, current)).toBe(verdict);
  expect(evaluateConditions('PUT', { 'if-modified-since': header }, current)).toBe('proceed');
});

test.each([
  [before, 'precondition-failed'],
  [same, 'proceed'],
  [after, 'proceed'],
  ['1999', 'proceed'],
])('If-Unmodified-Since: %s', (header, verdict) => {
  expect(evaluateConditions('GET', { 'if-unmodified-since': header }, current)).toBe(verdict);
  expect(evaluateConditions('PUT', { 'if-unmodified-since': header }, null)).toBe('proceed');
});

test('tags win over dates, and failing comes before not modified', () => {
  const headers = { 'if-none-match': '"x"', 'if-modified-since': after };
  expect(evaluateConditions('GET', headers, current)).toBe('proceed');
  expect(evaluateConditions('GET', { 'if-match': '"abc"', 'if-unmodified-since': before }, current)).toBe('proceed');
  expect(evaluateConditions('GET', { 'if-match': '"x"', 'if-none-match': '"abc"' }, current)).toBe(
    'precondition-failed',
  );
  expect(evaluateConditions('GET', { 'if-match': '"abc"', 'if-none-match': '"abc"' }, current)).toBe('not-modified');
});

test('finds a tag anywhere in a list, and never one that is not in it', () => {
  const tag = fc.stringMatching(/^[!#-~]{0,12}$/).map((text) => `"${text}"`);
  const list = fc.array(fc.tuple(fc.boolean(), tag), { maxLength: 6 });
  fc.assert(
    fc.property(list, tag, (list, etag) => {
      const header = list.map(([weak, tag]) => (weak ? `W/${tag}` : tag)).join(', ');
      const found = list.some(([, tag]) => tag === etag);
      expect(evaluateConditions('GET', { 'if-none-match': header }, { etag, lastModified: 0 })).toBe(
        found ? 'not-modified' : 'proceed',
      );
      const strong = list.some(([weak, tag]) => !weak && tag === etag);
      expect(evaluateConditions('GET', { 'if-match': header }, { etag, lastModified: 0 })).toBe(
        strong ? 'proceed' : 'precondition-failed',
      );
    }),
  );
});

test('any text may stand in the headers', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const headers = { 'if-match': text, 'if-none-match': text, 'if-modified-since': text };
      evaluateConditions('GET', headers, current);
      evaluateConditions('GET', { 'if-unmodified-since': text, 'if-none-match': text }, weak);
    }),
  );
});
