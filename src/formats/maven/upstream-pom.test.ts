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
  expect(readPomFacts(text, head)).toEqual({ publishedAt: null, license });
});

test('it is as old as it says', () => {
  const dated = { ...head, headers: { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' } };
  expect(readPomFacts(pom(), dated).publishedAt).toBe(Date.UTC(2026, 0, 1));
});
