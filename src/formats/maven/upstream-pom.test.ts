import { expect, test } from 'vitest';
import { readPomFacts } from './upstream-pom.ts';

const head = { url: 'https://up.example/a.pom', mediaType: 'text/xml', headers: {} };
const pom = (...names: string[]): string =>
  `<project><licenses>${names.map((name) => `<license><name>${name}</name></license>`).join('')}</licenses></project>`;

test.each([
  [pom('Apache License, Version 2.0'), 'Apache-2.0'],
  [pom('MIT License', 'GNU General Public License v3'), 'MIT OR GPL-3.0-only'],
  [pom('Our Own'), 'LicenseRef-Our-Own'],
  [pom(), null],
  ['<project><parent><artifactId>x</artifactId></parent></project>', null],
  ['not XML', null],
])('%s: %s', (text, license) => {
  expect(readPomFacts(text, head)).toMatchObject({ publishedAt: null, license });
});

test('it is as old as it says', () => {
  const dated = { ...head, headers: { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' } };
  expect(readPomFacts(pom(), dated).publishedAt).toBe(Date.UTC(2026, 0, 1));
});

const parent = (groupId: string, artifactId: string, version: string): string =>
  `<project><parent><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></parent></project>`;

test.each([
  [parent('com.acme', 'parent', '1.0'), { folder: 'com/acme/parent', version: '1.0' }],
  [parent('com.acme', 'parent', '${revision}'), null],
  [parent('com..acme', 'parent', '1.0'), null],
  [parent('../acme', 'parent', '1.0'), null],
  [parent('com.acme', 'a/../b', '1.0'), null],
  [parent('com.acme', 'parent', '1.0-SNAPSHOT'), null],
  ['<project/>', null],
])('the parent in %s', (text, place) => {
  expect(readPomFacts(text, head).parent).toEqual(place);
});
