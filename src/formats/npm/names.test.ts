import { expect, test } from 'vitest';
import { joinScopes, parseName, parseNewName, parsePresentName, tarballPath } from './names.ts';

test.each([
  [['pkg'], ['pkg']],
  [['@s', 'pkg'], ['@s/pkg']],
  [['@s/pkg'], ['@s/pkg']],
  [
    ['@s', 'pkg', '-', '@s', 'pkg-1.0.0.tgz'],
    ['@s/pkg', '-', '@s/pkg-1.0.0.tgz'],
  ],
  [
    ['@s/pkg', '-', 'pkg-1.0.0.tgz'],
    ['@s/pkg', '-', 'pkg-1.0.0.tgz'],
  ],
  [
    ['-', 'package', '@s', 'pkg', 'dist-tags', 'a'],
    ['-', 'package', '@s/pkg', 'dist-tags', 'a'],
  ],
  [
    ['-', 'npm', 'v1', 'attestations', '@s', 'pkg@1.0.0'],
    ['-', 'npm', 'v1', 'attestations', '@s/pkg@1.0.0'],
  ],
  [['@s'], ['@s']],
  [[], []],
])('%j is %j', (segments, joined) => {
  expect(joinScopes(segments)).toEqual(joined);
});

test('legacy names may be asked for, and not be published', () => {
  for (const name of ['JSONStream', 'a~b', "it's", 'a'.repeat(300)]) {
    expect(parseName(name)).toEqual({ key: name, display: name, namespace: null });
    expect(parsePresentName(name).key).toBe(name);
    expect(() => parseNewName(name)).toThrow(expect.objectContaining({ code: 'invalid-name' }));
  }
});

test('what can be no name is unknown when asked for, and invalid when written', () => {
  for (const name of [
    '',
    '-',
    '.',
    '_a',
    '@s',
    'a/b',
    '@s/a/b',
    'a b',
    '%2f',
    '\ud800',
    '__proto__',
    'a'.repeat(600),
  ]) {
    expect(() => parseName(name)).toThrow(expect.objectContaining({ code: 'package-not-found' }));
    expect(() => parsePresentName(name)).toThrow(expect.objectContaining({ code: 'invalid-name' }));
  }
});

test('says which rule a name breaks', () => {
  expect(() => parseNewName('Upper')).toThrow('capital letters');
  expect(() => parseNewName('a+b')).toThrow(/URL-friendly/);
});

test('knows the scope of a name, and where its tarballs lie', () => {
  expect(parseNewName('@acme/pkg.js')).toEqual({ key: '@acme/pkg.js', display: '@acme/pkg.js', namespace: 'acme' });
  expect(tarballPath('@acme/pkg', '1.0.0')).toBe('@acme/pkg/-/pkg-1.0.0.tgz');
  expect(tarballPath('pkg', '1.0.0')).toBe('pkg/-/pkg-1.0.0.tgz');
});
