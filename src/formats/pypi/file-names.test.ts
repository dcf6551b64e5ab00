import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProjectName, normalizeName, parseSdistName, parseWheelName, possibleProjects } from './file-names.ts';

describe('names of projects', () => {
  test.each(['a', 'A1', 'Foo.Bar_baz-1', '0', 'a'.repeat(255)])('%s', (name) => expect(isProjectName(name)).toBe(true));
  test.each(['', '-a', 'a-', '.a', 'a_', 'a b', 'é', 'a/b', 'a\n', 'a'.repeat(256), '__proto__'])('not %j', (name) =>
    expect(isProjectName(name)).toBe(false),
  );
  test.each([
    ['Foo._-Bar', 'foo-bar'],
    ['foo', 'foo'],
    ['A.B_C-D', 'a-b-c-d'],
  ])('%s is %s', (name, normal) => expect(normalizeName(name)).toBe(normal));
});

describe('names of wheels', () => {
  const parts = (fileName: string) => {
    const parsed = parseWheelName(fileName);
    return parsed === null ? null : { ...parsed, version: parsed.version.normalized };
  };

  test('plain', () => {
    expect(parts('foo_bar-1.0-py3-none-any.whl')).toEqual({
      name: 'foo_bar',
      version: '1.0',
      build: null,
      python: 'py3',
      abi: 'none',
      platform: 'any',
    });
  });

  test('with a build, sets of tags and an old spelling', () => {
    expect(parts('Foo.Bar-1.0+ubuntu_1-1local-cp38.cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl')).toEqual({
      name: 'Foo.Bar',
      version: '1.0+ubuntu.1',
      build: '1local',
      python: 'cp38.cp39',
      abi: 'abi3',
      platform: 'manylinux_2_17_x86_64.manylinux2014_x86_64',
    });
  });

  test.each([
    'foo-bar-1.0-py3-none-any.whl',
    'foo-1.0-x1-py3-none-any.whl',
    'foo-1.0-py3-none.whl',
    'foo-1.0-1-2-py3-none-any.whl',
    'foo__bar-1.0-py3-none-any.whl',
    'foo-latest-py3-none-any.whl',
    'foo-1.0-py3-none-any.WHL',
    'foo-1.0-py3--any.whl',
    'foo-1.0-py3-none-any..whl',
    '../foo-1.0-py3-none-any.whl',
    'foo-1.0-py3-none-any.whl\n',
    '_foo-1.0-py3-none-any.whl',
    `foo-1.0-py3-none-${'a'.repeat(255)}.whl`,
    '.whl',
    '',
  ])('not %j', (fileName) => expect(parseWheelName(fileName)).toBeNull());
});

describe('names of source distributions', () => {
  test.each([
    ['foo_bar-1.0.tar.gz', 'foo-bar', 'foo_bar', '1.0'],
    ['Foo.Bar-1.0.zip', 'foo_bar', 'Foo.Bar', '1.0'],
    ['foo-bar-1.0.tar.gz', 'Foo.Bar', 'foo-bar', '1.0'],
    ['foo-1.0-1.tar.gz', 'foo', 'foo', '1.0.post1'],
    ['foo-1-2.tar.gz', 'foo', 'foo', '1.post2'],
    ['foo-1-2.tar.gz', 'foo-1', 'foo-1', '2'],
    ['foo-1.0a1.dev2+local.3.tar.gz', 'foo', 'foo', '1.0a1.dev2+local.3'],
    ['foo-1!2.tar.gz', 'foo', 'foo', '1!2'],
  ])('%s of %s', (fileName, project, name, version) => {
    const parsed = parseSdistName(fileName, project);
    expect([parsed?.name, parsed?.version.normalized]).toEqual([name, version]);
  });

  test.each([
    ['foo-1.0.tar.gz', 'bar'],
    ['foo-1.0.tar.bz2', 'foo'],
    ['foo-1.0.egg', 'foo'],
    ['foo.tar.gz', 'foo'],
    ['foo-.tar.gz', 'foo'],
    ['foo-x.zip', 'foo'],
    ['-1.0.zip', ''],
    ['a/foo-1.0.zip', 'foo'],
    ['foo--1.0.zip', 'foo'],
  ])('not %s of %s', (fileName, project) => expect(parseSdistName(fileName, project)).toBeNull());
});

test('any text is answered', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9._-]{0,20}(\.whl|\.tar\.gz|\.zip)?$/));
  fc.assert(
    fc.property(text, fc.string(), (fileName, project) => {
      parseWheelName(fileName);
      parseSdistName(fileName, project);
    }),
  );
});

test('a project is found in a name of many hyphens by one look at it', () => {
  const name = `${'x-'.repeat(100)}y`;
  expect(parseSdistName(`${name}-1.0.tar.gz`, name)?.version.normalized).toBe('1.0');
  expect(parseSdistName(`${name}-1.0.tar.gz`, 'x')).toBeNull();
  expect(parseSdistName('X_.-y--1.tar.gz', 'x-y')).toBeNull();
  expect(parseSdistName('X_.-y-1.tar.gz', 'x-y')?.name).toBe('X_.-y');
  expect(possibleProjects('a-1-2.tar.gz')).toEqual(['a', 'a-1']);
});
