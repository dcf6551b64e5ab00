import { describe, expect, test } from 'vitest';
import { isStatic, readCoreMetadata } from './core-metadata.ts';

const start = 'Metadata-Version: 2.4\nName: Foo.Bar\nVersion: 1.0\n';

describe('core metadata', () => {
  test('texts, lists and the body as description', () => {
    const metadata = readCoreMetadata(
      `${start}Summary: A foo\nRequires-Python: >=3.9\nRequires-Dist: six\nRequires-Dist: x; extra == "y"\nProject-URL: Home, https://h\nImport-Name: foo\n\n# Foo\n`,
    );
    expect(metadata).toMatchObject({ metadataVersion: '2.4', name: 'Foo.Bar', version: '1.0', description: '# Foo' });
    expect(Object.fromEntries(metadata.texts)).toEqual({ summary: 'A foo', requires_python: '>=3.9' });
    expect(Object.fromEntries(metadata.lists)).toEqual({
      requires_dist: ['six', 'x; extra == "y"'],
      project_urls: ['Home, https://h'],
      import_names: ['foo'],
    });
  });

  test('what old tools write for nothing is nothing', () => {
    const { texts } = readCoreMetadata('Metadata-Version: 1.0\nName: a\nVersion: 1\nSummary: UNKNOWN\nLicense: \n');
    expect([...texts]).toEqual([]);
  });

  test('a description in the header loses its indentation', () => {
    const metadata = readCoreMetadata(`${start}Description: One\n        two\n       |three\n          four\n`);
    expect(metadata.description).toBe('One\ntwo\nthree\n  four');
  });

  test('a byte order mark is no part of a name', () => {
    expect(readCoreMetadata(`\uFEFF${start}`).name).toBe('Foo.Bar');
  });

  test('what a database cannot hold is left out', () => {
    expect(readCoreMetadata(`${start}Summary: a\0b\uD800\n`).texts.get('summary')).toBe('ab');
  });

  test.each(['1.0', '1.1', '1.2', '2.0', '2.1', '2.4', '2.5', '2.6', '2.99'])('version %s', (version) => {
    expect(readCoreMetadata(start.replace('2.4', version)).metadataVersion).toBe(version);
  });

  test.each([
    ['no version of metadata', 'Name: a\nVersion: 1\n'],
    ['a later version', start.replace('2.4', '3.0')],
    ['a version that is none', start.replace('2.4', 'x')],
    ['no name', 'Metadata-Version: 2.1\nVersion: 1\n'],
    ['an empty name', 'Metadata-Version: 2.1\nName: \nVersion: 1\n'],
    ['two names', `${start}Name: other\n`],
    ['two versions', `${start}Version: 2\n`],
    ['nothing', ''],
  ])('%s is refused', (_what, text) => {
    expect(() => readCoreMetadata(text)).toThrow(expect.objectContaining({ code: 'invalid-archive' }));
  });
});

test.each([
  ['2.2', '', true],
  ['2.4', 'Dynamic: License-File\n', true],
  ['2.1', '', false],
  ['1.2', '', false],
  ['2.2', 'Dynamic: Requires-Dist\n', false],
  ['2.4', 'Dynamic: requires-PYTHON\n', false],
  ['2.4', 'Dynamic: Provides-Extra\n', false],
])('metadata %s with %j holds for wheels: %s', (version, more, expected) => {
  expect(isStatic(readCoreMetadata(start.replace('2.4', version) + more))).toBe(expected);
});
