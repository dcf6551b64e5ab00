import { describe, expect, test } from 'vitest';
import {
  distributionName,
  projectName,
  pythonVersion,
  readDistributionName,
  versionName,
} from './distribution-name.ts';

const project = projectName('Foo.Bar');

describe('one distribution has one key, however it is spelled', () => {
  const keyOf = (fileName: string) => readDistributionName(fileName, project)?.uniqueKey;

  test.each([
    ['foo_bar-1.0-py3-none-any.whl', 'Foo.Bar-1.0-py3-none-any.whl'],
    ['foo_bar-1.0-py3-none-any.whl', 'foo_bar-1.0.0-py3-none-any.whl'],
    ['foo_bar-1.0-py2.py3-none-any.whl', 'foo_bar-1.0-py3.py2-none-any.whl'],
    ['foo_bar-1.0.tar.gz', 'Foo.Bar-1.0.0.tar.gz'],
    ['foo-bar-1.0a1.tar.gz', 'foo_bar-1.0.alpha1.tar.gz'],
  ])('%s is %s', (one, other) => {
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test('and different ones have different keys', () => {
    const names = [
      'foo_bar-1.0-py3-none-any.whl',
      'foo_bar-1.0-1-py3-none-any.whl',
      'foo_bar-1.0-py2-none-any.whl',
      'foo_bar-1.0-cp311-abi3-linux_x86_64.whl',
      'foo_bar-1.0.tar.gz',
      'foo_bar-1.0.zip',
      'foo_bar-1.1.tar.gz',
    ];
    expect(new Set(names.map(keyOf)).size).toBe(names.length);
  });
});

test.each([
  'foo_baz-1.0.tar.gz',
  'foo_bar-2.0.tar.gz',
  'foo_bar-1.0.egg',
  '../foo_bar-1.0.tar.gz',
  'x/foo_bar-1.0.zip',
  '',
])('%j is no file of Foo.Bar 1.0', (fileName) => {
  const refusal = expect.objectContaining({ code: 'manifest-mismatch' });
  expect(() => distributionName(fileName, project, pythonVersion('1.0'))).toThrow(refusal);
});

test.each(['', '-foo', 'foo bar', 'föö', 'a/b', 'foo\n'])('%j is no name', (name) => {
  expect(() => projectName(name)).toThrow(expect.objectContaining({ code: 'invalid-name' }));
});

test.each(['latest', '1.0-foo', '', '1.0.x'])('%j is no version', (version) => {
  expect(() => pythonVersion(version)).toThrow(expect.objectContaining({ code: 'invalid-version' }));
});

test('the normal spelling of a version is shown, and one release has one key', () => {
  expect(versionName(pythonVersion('1.0-Alpha_1'))).toEqual({ key: '1a1', display: '1.0a1' });
  expect(versionName(pythonVersion('1.0.0')).key).toBe(versionName(pythonVersion('1')).key);
});
