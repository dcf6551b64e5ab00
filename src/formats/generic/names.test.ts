import { describe, expect, test } from 'vitest';
import { readCoordinates } from './names.ts';

const read = (name: string, version: string, path: string) => readCoordinates({ name, version, '*': path });

/** https://docs.gitlab.com/user/packages/generic_packages/ and GitLab's patterns for the three parts. */
describe('names that GitLab takes', () => {
  test.each(['pkg', 'my.pkg', 'My_Package-1+x', '..foo', '-', 'a'.repeat(255)])('package %s', (name) => {
    expect(read(name, '1.0', 'f').name).toEqual({ key: name, display: name, namespace: null });
  });

  test.each(['1.2', 'v1.2.4-build', '0.0.1+linux', '1.2.bananas', 'd8e8fca2dc0f896fd7cb4cb0031ba249', 'latest', '_'])(
    'version %s',
    (version) => {
      expect(read('p', version, 'f').version).toEqual({ key: version, display: version });
    },
  );

  test.each(['f.tar.gz', 'a~b@c+d', 'pkg..tgz', '..foo', 'Readme.md', '.env', 'CON', 'x.', '-'])('file %s', (file) => {
    expect(read('p', '1', file).fileName).toBe(file);
  });

  test.each(['linux/x64/f', 'a b/ü/~x/@y/f', `${'d/'.repeat(300)}f`])('folders of %s', (path) => {
    expect(read('p', '1', path).fileName).toBe(path);
  });

  test('capital letters tell names apart', () => {
    expect(read('P', '1', 'F').name.key).not.toBe(read('p', '1', 'f').name.key);
    expect(read('p', '1', 'F').fileName).not.toBe(read('p', '1', 'f').fileName);
  });
});

describe('names that it refuses, in its words', () => {
  const refusal = (name: string, version: string, path: string): string => {
    try {
      read(name, version, path);
    } catch (error) {
      return (error as { reason: string }).reason;
    }
    return 'taken';
  };

  test.each(['', 'a b', 'a/b', '@a', 'a~b', 'ä', 'a\n', 'a\u202eb', 'ſ', 'a'.repeat(256)])('package %j', (name) => {
    expect(refusal(name, '1', 'f')).toBe('package_name is invalid');
  });

  test.each(['', '1..2', '..', '1/2', '1 ', '1\n', 'ä', '~1', '1'.repeat(256)])('version %j', (version) => {
    expect(refusal('p', version, 'f')).toBe('package_version is invalid');
  });

  test.each(['', '~f', '@f', 'f~', 'f@', 'a b', 'f\n', 'ä', 'f:g', 'a'.repeat(256), 'x/'])('file %j', (file) => {
    expect(refusal('p', '1', file)).toBe('file_name is invalid');
  });

  test.each(['../f', './f', 'a//f', 'a/../f', '/f', `${'a'.repeat(256)}/f`, `${'d/'.repeat(600)}f`])(
    'folders of %j',
    (path) => {
      expect(refusal('p', '1', path)).toBe('path is invalid');
    },
  );

  test('10,000 characters, without a wait', () => {
    for (const text of ['1.'.repeat(5_000), '..'.repeat(5_000), `${'a'.repeat(9_999)}~`]) {
      expect(refusal('p', text, 'f')).toBe('package_version is invalid');
      expect(refusal('p', '1', text)).toBe('file_name is invalid');
    }
  });
});
