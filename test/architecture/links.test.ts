import { describe, expect, test } from 'vitest';
import { brokenLinks, existsBelow, type Page, unreachable } from './links.ts';
import { filesBelow, root, textOf } from './source.ts';

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...filesBelow('docs')]
  .filter((file) => file.endsWith('.md'))
  .map((path): Page => ({ path, text: textOf(path) }));

test('every relative link of the pages leads to a file, and to a heading of it', () => {
  expect(pages.length).toBeGreaterThan(10);
  expect(brokenLinks(pages, existsBelow(root))).toEqual([]);
});

test('every page can be reached from the README', () => {
  expect(unreachable(pages, 'README.md')).toEqual([]);
});

test('a page that nothing links to is found', () => {
  const page = (path: string, text: string): Page => ({ path, text });
  const some = [page('a.md', '[b](docs/b.md)'), page('docs/b.md', '[a](../a.md)'), page('docs/c.md', '[a](../a.md)')];
  expect(unreachable(some, 'a.md')).toEqual(['docs/c.md']);
});

describe('the check finds', () => {
  const exists = (file: string): boolean => ['README.md', 'docs/a.md', 'docs/deep', 'docs/deep/b.md'].includes(file);
  const check = (text: string, path = 'docs/a.md'): string[] =>
    brokenLinks(
      [
        { path, text },
        { path: 'README.md', text: '# Set up\n## It is `so`, now\n## Set up' },
      ],
      exists,
    );

  test.each([
    ['a missing file', 'See [x](c.md).', 'docs/a.md links to c.md'],
    ['a missing file one folder up', '[x](../c.md)', 'links to ../c.md'],
    ['a way out of the project', '[x](../../etc/passwd)', 'links to ../../etc/passwd'],
    ['a missing reference', 'See [x].\n\n[x]: c.md "C"', 'links to c.md'],
    ['a missing heading', '[x](../README.md#setup)', 'README.md has no such heading'],
    ['a missing heading of its own', '# One\n[x](#two)', 'links to #two'],
    ['a link with a title', '[x](c.md "C")', 'links to c.md'],
    ['an image', '![x](c.png)', 'links to c.png'],
  ])('%s', (_, text, says) => {
    expect(check(text).join('\n')).toContain(says);
  });

  test.each([
    ['a file', '[x](deep/b.md) and [y](../README.md)'],
    ['a folder', '[x](deep)'],
    [
      'headings, repeated ones too',
      '[x](../README.md#set-up) [y](../README.md#set-up-1) [z](../README.md#it-is-so-now)',
    ],
    ['its own heading', '# One two\n[x](#one-two)'],
    ['links with a scheme', '[x](https://example.com/c.md) <mailto:a@example.com> [y](mailto:a@example.com)'],
    ['what stands in code', '`[x](c.md)`\n```\n[x](c.md)\n```'],
  ])('nothing wrong with %s', (_, text) => {
    expect(check(text)).toEqual([]);
  });
});
