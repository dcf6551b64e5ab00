import { expect, test } from 'vitest';
import { mostExact, patternKey, protects, reserves, type Spelling } from './name-pattern.ts';

const maven: Spelling = {
  spelling: (pattern) => {
    const [group = '', ...artifact] = pattern.split(':');
    return [group.replaceAll('.', '/'), ...artifact].join('/');
  },
};
const npm: Spelling = { looksAlike: true };

test.each([
  ['Acme.*', {}, 'acme.*'],
  ['@acme/*', npm, '@acme/*'],
  ['com.acme.*', maven, 'com/acme/*'],
  ['com.acme:*', maven, 'com/acme/*'],
  ['com.acme:lib-*', maven, 'com/acme/lib-*'],
  ['com/acme/my.lib', maven, 'com/acme/my.lib'],
])('%s is kept as a key in the spelling of the format', (pattern, spelling, key) => {
  expect(patternKey(pattern, spelling)).toBe(key);
});

test.each(['*', 'ab*', '@a*', 'a*b', 'acme-**', '*acme', 'a b', 'é-acme', 'acme\n'])('%j is no pattern', (pattern) => {
  expect(() => patternKey(pattern, {})).toThrow(/400/);
});

test.each([
  ['acme-*', 'acme-a', npm, true],
  ['acme-*', 'Acme_a', npm, true],
  ['acme-*', 'acmea', npm, false],
  ['acme-*', 'acme_a', {}, false],
  ['acme-lib', 'acme.LIB', npm, true],
  ['acme-lib', 'acmelib', npm, true],
  ['acme-lib', 'acmelib', {}, false],
  ['@acme/*', '@acme/a', npm, true],
  ['@acme/*', '@ac-me/a', npm, false],
  ['@acme/my-lib', '@acme/mylib', npm, false],
  ['com/acme/*', 'com/acme/lib', maven, true],
  ['com/acme/*', 'com/acme', maven, true],
  ['com/acme/*', 'com/acmeother/lib', maven, false],
  ['acme.*', 'Acme.Tools', {}, true],
])('%s reserves %s: %j %s', (key, name, spelling, expected) => {
  expect(reserves(key, { key: name }, spelling)).toBe(expected);
});

test('a whole name says more than a beginning, a longer beginning more than a shorter one', () => {
  const patterns = ['acme.*', 'acme.tools.*', 'acme.tools.one'].map((each) => ({ patternKey: each }));
  expect(mostExact(patterns, { key: 'acme.tools.one' }, {})?.patternKey).toBe('acme.tools.one');
  expect(mostExact(patterns, { key: 'acme.tools.two' }, {})?.patternKey).toBe('acme.tools.*');
  expect(mostExact(patterns, { key: 'acme.x' }, {})?.patternKey).toBe('acme.*');
  expect(mostExact(patterns, { key: 'other' }, {})).toBeNull();
});

test.each([
  ['*acme*', 'my-acme-lib', {}, true],
  ['@ACME/*', '@acme/lib', {}, true],
  ['com.acme:*', 'com/acme/lib', maven, true],
  ['com/acme/*', 'com/acme/lib', maven, true],
  ['acme', 'acme-lib', {}, false],
])('the rule %s protects %s: %j %s', (pattern, name, spelling, expected) => {
  expect(protects(pattern, { key: name, display: name }, spelling)).toBe(expected);
});
