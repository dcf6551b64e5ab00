import { expect, test } from 'vitest';
import { readPath } from './path.ts';

test('files and their digests', () => {
  expect(readPath('com/example/lib/1.0/lib-1.0.jar')).toMatchObject({
    target: {
      kind: 'file',
      groupId: 'com.example',
      artifactId: 'lib',
      name: { key: 'com/example/lib', display: 'com/example/lib', namespace: 'com.example' },
      version: { key: '1.0', display: '1.0' },
      fileName: 'lib-1.0.jar',
    },
    checksum: null,
  });
  expect(readPath('com/example/lib/1.0/lib-1.0.jar.sha512')).toMatchObject({
    target: { fileName: 'lib-1.0.jar' },
    checksum: 'sha512',
  });
  expect(readPath('g/lib/1.0/lib-1.0.jar.asc.md5')).toMatchObject({
    target: { fileName: 'lib-1.0.jar.asc' },
    checksum: 'md5',
  });
});

test('metadata on every level', () => {
  expect(readPath('com/maven-metadata.xml')).toEqual({ target: { kind: 'metadata', folder: ['com'] }, checksum: null });
  expect(readPath('com/example/lib/1.0-SNAPSHOT/maven-metadata.xml.sha1')).toEqual({
    target: { kind: 'metadata', folder: ['com', 'example', 'lib', '1.0-SNAPSHOT'] },
    checksum: 'sha1',
  });
});

test('folders with dots are not groups of several', () => {
  const keys = ['com.example/lib', 'com/example/lib'].map((folder) => readPath(`${folder}/1/lib-1.jar`)?.target);
  expect(keys.map((target) => (target?.kind === 'file' ? target.name.key : null))).toEqual([
    'com.example/lib',
    'com/example/lib',
  ]);
});

test.each([
  'lib-1.0.jar',
  'maven-metadata.xml',
  'lib/1.0/lib-1.0.jar',
  '.meta/prefixes.txt',
  '.x/lib/1.0/lib-1.0.jar',
  'robots.txt',
])('%s is of another layout', (path) => {
  expect(readPath(path)).toBeNull();
});

test.each([
  'a b/lib/1.0/lib-1.0.jar',
  'g/lib/1..0/lib-1..0.jar',
  'g/lib/1.0/lib-1.0.jar~',
  'g/lib/1.0/lib-1.0.',
  `${'g/'.repeat(600)}x.jar`,
])('%s is refused', (path) => {
  expect(() => readPath(path)).toThrow(/should be a valid file path/);
});
