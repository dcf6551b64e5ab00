import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, compareVersionTexts, isPrerelease, isSemVer2, parseVersion } from './nuget-version.ts';

test.each([
  ['1', '1.0.0'],
  ['1.0', '1.0.0'],
  ['1.00', '1.0.0'],
  ['01.1.1', '1.1.1'],
  ['1.0.0.0', '1.0.0'],
  ['1.00.0.1', '1.0.0.1'],
  ['1.0.7+r3456', '1.0.7'],
  ['1.0.0-Beta', '1.0.0-Beta'],
  ['1.1.0-Beta.2+build5', '1.1.0-Beta.2'],
  ['1.0.0-x-y.-', '1.0.0-x-y.-'],
  ['1.0.0-0', '1.0.0-0'],
  [' 1 . 2.3 ', '1.2.3'],
  ['2147483647.0.0', '2147483647.0.0'],
])('%j is written %j', (text, normalized) => {
  expect(parseVersion(text)?.normalized).toBe(normalized);
});

test.each([
  '',
  ' ',
  '1.',
  '.1',
  '1.2.3.4.5',
  '1.0-',
  '1.0+',
  '1.0-a..b',
  '1.0.0-01',
  '1.0.0-a.01',
  '1.0.0-a_b',
  '1.0.0+a_b',
  '1.0.0+a+b',
  '2147483648.0.0',
  '-1.0',
  'v1.0',
  '1.0.0\u0000',
  '1.\u0660.0',
  `1.0.0-${'a'.repeat(300)}`,
])('%j is no version', (text) => {
  expect(parseVersion(text)).toBeNull();
});

const keyOf = (text: string) => parseVersion(text)?.key;

test('case, metadata and further zeros make no other version', () => {
  expect(keyOf('1.0')).toBe(keyOf('1.0.0'));
  expect(keyOf('1.0.0-Beta')).toBe(keyOf('1.0.0-beta'));
  expect(keyOf('1.0.0+a')).toBe(keyOf('1.0.0+b'));
  expect(compareVersionTexts('1.0.0-RC.1+x', '1.0-rc.1')).toBe(0);
  expect(parseVersion('1.0-RC+X.1')).toMatchObject({ full: '1.0.0-RC+X.1', metadata: 'X.1', labels: ['RC'] });
});

test.each([
  ['1.0.0', false, false],
  ['1.0.0-beta', true, false],
  ['1.0.0-beta.1', true, true],
  ['1.0.0+build', false, true],
])('%s: pre-release %s, SemVer 2 %s', (text, prerelease, semVer2) => {
  const version = parseVersion(text);
  expect(version && [isPrerelease(version), isSemVer2(version)]).toEqual([prerelease, semVer2]);
});

test('orders as NuGet does, and what is no version before them', () => {
  const sorted = [
    'junk',
    '0.9.9',
    '1.0.0-1',
    '1.0.0-alpha',
    '1.0.0',
    '1.0.0.1',
    '1.0.1-aaa',
    '1.0.1-alpha10',
    '1.0.1-alpha2',
    '1.0.1-beta',
    '1.0.1-Open',
    '1.0.1-rc',
    '1.0.1-rc.2',
    '1.0.1-rc.10',
    '1.0.1-rc.2147483648',
    '1.0.1-rc.A',
    '1.0.1-zzz',
    '1.0.1',
    '1.2.0',
    '1.10.0',
  ];
  expect(sorted.toReversed().toSorted(compareVersionTexts)).toEqual(sorted);
});

const label = fc.oneof(
  fc.stringMatching(/^(0|[1-9]\d{0,11}|\d*[A-Za-z-][0-9A-Za-z-]{0,3})$/),
  fc.constantFrom('a', 'A'),
);
const version = fc
  .tuple(
    fc.array(fc.oneof(fc.nat(3), fc.nat()), { minLength: 1, maxLength: 4 }),
    fc.array(label, { maxLength: 3 }),
    fc.constantFrom('', '+b', '+B.1'),
  )
  .map(
    ([numbers, labels, metadata]) => numbers.join('.') + (labels.length > 0 ? `-${labels.join('.')}` : '') + metadata,
  )
  .map((text) => parseVersion(text) ?? expect.unreachable(`no version: ${text}`));

test('the order is total, and equal means the same key', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      expect(compareVersions(a, b) === 0).toBe(a.key === b.key);
      const [x, y, z] = [a, b, c].toSorted(compareVersions);
      if (x && y && z)
        expect([compareVersions(x, y), compareVersions(y, z), compareVersions(x, z)].every((o) => o <= 0)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('what is written is read the same', () => {
  fc.assert(
    fc.property(version, (given) => {
      expect(parseVersion(given.full)).toEqual(given);
      expect(parseVersion(given.key)?.key).toBe(given.key);
    }),
  );
});
