import { expect, test } from 'vitest';
import { parseTag } from './tags.ts';
import { cleanVersion, compareVersions, highestVersion } from './versions.ts';
import { revisionOf, revOf } from './revisions.ts';

test.each([
  ['1.2.3', '1.2.3'],
  ['v1.2.3', '1.2.3'],
  ['1.2.3+build.7', '1.2.3'],
  ['1.2.3-rc.1+b', '1.2.3-rc.1'],
  ['1.2', null],
  ['=1.2.3', null],
  ['V1.2.3', null],
  ['01.2.3', null],
  ['1.2.3-01', null],
  ['1.2.3 ', null],
  ['1.2.3\n', null],
  ['٣.1.0', null],
  ['99999999999999999.0.0', null],
  ['', null],
])('%j is the version %j', (raw, clean) => {
  expect(cleanVersion(raw)).toBe(clean);
});

test('orders versions as SemVer does, and what is none before them', () => {
  const sorted = ['junk', '1.0.0-alpha.2', '1.0.0-alpha.10', '1.0.0', '1.9.0', '1.10.0'];
  expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
  expect(compareVersions('a', 'a')).toBe(0);
  expect(highestVersion(['1.0.0', '1.1.0-rc.1', 'junk'])).toBe('1.0.0');
  expect(highestVersion([])).toBeNull();
});

test.each(['latest', 'beta', 'next-11', 'a.b', '__proto__', 'constructor', 'x1', '~tilde', 'release(1)'])(
  'takes the tag %j',
  (tag) => {
    expect(parseTag(tag)).toBe(tag);
  },
);

test.each([
  '',
  '1',
  '1.0',
  '1.0.0',
  'v1',
  'v1.0.0',
  '^1',
  '>=1',
  '*',
  'x',
  'X',
  '1.x',
  '~1',
  '<2 || 3',
  'a/b',
  'a b',
  'ä',
  '..',
  '.',
  '\ud800',
  '%41',
  'a'.repeat(256),
])('refuses the tag %j', (tag) => {
  expect(() => parseTag(tag)).toThrow(expect.objectContaining({ code: 'invalid-parameter' }));
});

test('a _rev names a revision, and tells packages apart', () => {
  const rev = revOf({ id: 1, revision: 12 });
  expect(revisionOf(rev)).toBe(12);
  expect(rev).not.toBe(revOf({ id: 2, revision: 12 }));
  expect(rev).not.toBe(revOf({ id: 1, revision: 13 }));
  for (const junk of ['', '12', '12-abc', `x-${'a'.repeat(32)}`, `${rev} `]) expect(revisionOf(junk)).toBeNull();
});
