import { expect, test } from 'vitest';
import { brokenDeprecations, releasesOf } from './deprecations.ts';
import { textOf } from './source.ts';

test('what is deprecated names its announcement and its end, three minor releases apart', () => {
  const { version } = JSON.parse(textOf('package.json')) as { version: string };
  const releases = releasesOf(textOf('CHANGELOG.md'));
  expect(releases).toContain(version);
  expect(brokenDeprecations(textOf('docs/deprecations.md'), releases, version)).toEqual([]);
});

const head = '| what | use instead | announced in | removed in |\n|---|---|---|---|\n';
const releases = ['1.0.0', '1.1.0', '1.2.0', '1.2.1', '1.3.0', '2.0.0'];

test.each([
  ['| `PACKYARD_OLD` | | 1.0.0 | 2.0.0 |', 'needs four cells'],
  ['| `PACKYARD_OLD` | `PACKYARD_NEW` | 1.0.0 |', 'needs four cells'],
  ['| `PACKYARD_OLD` | `PACKYARD_NEW` | soon | 2.0.0 |', 'soon is no release'],
  ['| `PACKYARD_OLD` | `PACKYARD_NEW` | 1.0.0 | 1.9.0 |', '1.9.0 is no major release'],
  ['| `PACKYARD_OLD` | `PACKYARD_NEW` | 1.0.0 | 1.0.0 |', 'no later major'],
  ['| `PACKYARD_OLD` | `PACKYARD_NEW` | 1.1.0 | 2.0.0 |', 'only 2 minor releases'],
])('%s is refused', (row, says) => {
  expect(brokenDeprecations(head + row, releases, '2.0.0')).toEqual([expect.stringContaining(says)]);
});

test('a removal three minor releases later, or still to come, is fine', () => {
  expect(brokenDeprecations(`${head}| a | b | 1.0.0 | 2.0.0 |`, releases, '2.0.0')).toEqual([]);
  expect(brokenDeprecations(`${head}| a | b | 1.2.0 | 2.0.0 |`, releases, '1.3.0')).toEqual([]);
  expect(brokenDeprecations(`${head}| a | b | 1.4.0 | 2.0.0 |`, ['1.3.0'], '1.4.0')).toEqual([]);
});

test('releases are read from the headings of a changelog', () => {
  const changelog = '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2030-01-31\n\n### Added\n\n## 0.1.0 - 2029-12-01\n';
  expect(releasesOf(changelog)).toEqual(['0.2.0', '0.1.0']);
});
