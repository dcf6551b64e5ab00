import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, parseVersion } from './version-order.ts';

const normal = (raw: string): string | undefined => parseVersion(raw)?.normalized;
const key = (raw: string): string | undefined => parseVersion(raw)?.key;

describe('the normal form', () => {
  test.each([
    ['1.0-alpha.1', '1.0a1'],
    ['1.0.PREVIEW3', '1.0rc3'],
    ['1.0-r4', '1.0.post4'],
    ['1.0_dev', '1.0.dev0'],
    ['1.0+Ubuntu-1', '1.0+ubuntu.1'],
    ['2024.01.05', '2024.1.5'],
    ['1.0-1', '1.0.post1'],
    [' v1.0\n', '1.0'],
    ['0!1', '1'],
    ['02!1.c', '2!1rc0'],
    ['1.0+007.00a', '1.0+7.00a'],
    ['1.0.post', '1.0.post0'],
    ['1a.post.dev', '1a0.post0.dev0'],
    ['00', '0'],
    ['1.99999999999999999999999', '1.99999999999999999999999'],
  ])('%j is %s', (raw, expected) => expect(normal(raw)).toBe(expected));

  test.each([
    '',
    'latest',
    '1.0-foo',
    '1.0.x',
    '1.0-SNAPSHOT',
    '1.0+',
    '1.0+a..b',
    '1..0',
    '1.',
    '!1',
    '1 .0',
    '1.0-',
    '１.0',
    '1.0\u0000',
    'constructor',
  ])('%j is no version', (raw) => expect(parseVersion(raw)).toBeNull());

  test('a long text is no version, and found to be none at once', () => {
    expect(parseVersion(`1.0.post${'1'.repeat(10_000)}`)).toBeNull();
    expect(parseVersion('1.'.repeat(99))).toBeNull();
    expect(parseVersion(`1+${'a.'.repeat(98)}`)).toBeNull();
  });
});

describe('equal versions', () => {
  test.each([
    ['1.0', '1.0.0'],
    ['1', 'v1.0.0.0'],
    ['0', '0.0'],
    ['1.0.0a1', '1-alpha-1'],
    ['1!1.0+a-b', '1!1+A.B'],
  ])('%s and %s', (a, b) => {
    expect(key(a)).toBe(key(b));
    expect(compareVersions(a, b)).toBe(0);
  });

  test('10 is not 1', () => expect(key('10')).not.toBe(key('1')));
});

test('the order', () => {
  const ordered =
    '1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1.9 1.10 2.9999999999999999998 2.9999999999999999999 1!0.1'.split(
      ' ',
    );
  const shuffled = [...ordered].reverse();
  expect(shuffled.sort(compareVersions)).toEqual(ordered);
});

test('what is no version comes first', () => {
  expect(['1.0', 'latest', '0.dev0', 'Final'].sort(compareVersions)).toEqual(['Final', 'latest', '0.dev0', '1.0']);
});

test('which are for trial', () => {
  const prerelease = (raw: string): boolean | undefined => parseVersion(raw)?.prerelease;
  expect(['1a1', '1.dev1', '1.post1.dev2', '1rc0'].map(prerelease)).toEqual([true, true, true, true]);
  expect(['1', '1.post1', '1+a1'].map(prerelease)).toEqual([false, false, false]);
  expect(parseVersion('1+a')?.local).toBe(true);
  expect(parseVersion('1')?.local).toBe(false);
});

describe('laws', () => {
  const number = fc.nat(30).map(String);
  const version = fc
    .tuple(
      fc.constantFrom('', '', '1!'),
      fc.array(number, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('', '', 'a', 'b1', '-rc.2'),
      fc.constantFrom('', '', '.post', '-3'),
      fc.constantFrom('', '', '.dev', 'dev4'),
      fc.constantFrom('', '', '+1', '+a.1', '+a'),
    )
    .map(([epoch, release, ...rest]) => `${epoch}${release.join('.')}${rest.join('')}`);

  test('a normal form is its own, and equal to what it came from', () => {
    fc.assert(
      fc.property(version, (raw) => {
        const form = normal(raw) ?? '';
        expect(normal(form)).toBe(form);
        expect(compareVersions(raw, form)).toBe(0);
        expect(key(form)).toBe(key(raw));
      }),
    );
  });

  test('order is total, and equal exactly for equal keys', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions(a, b)).toBe(compareVersions(b, a) === 0 ? 0 : -compareVersions(b, a));
        expect(compareVersions(a, b) === 0).toBe(key(a) === key(b));
        const [low, middle, high] = [a, b, c].sort(compareVersions) as [string, string, string];
        expect(compareVersions(low, middle)).toBeLessThanOrEqual(0);
        expect(compareVersions(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('any text is answered', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => Number.isInteger(compareVersions(a, b))));
  });
});
