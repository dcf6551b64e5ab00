import { expect, test } from 'vitest';
import { tagsOf } from './html-tags.ts';

const read = (page: string) =>
  [...tagsOf(page)].map(({ name, attributes, text }) => [name, Object.fromEntries(attributes), text]);

test('quoted, bare and empty attributes; references; text', () => {
  expect(read(`<A HREF="x?a=1&amp;b" data-r='&gt;=3 &#60;4 &#x3E;' bare=v data-yanked>\n f&lt;oo </A><br/>`)).toEqual([
    ['a', { href: 'x?a=1&b', 'data-r': '>=3 <4 >', bare: 'v', 'data-yanked': '' }, 'f<oo'],
    ['br', {}, ''],
  ]);
});

test('the first of two attributes counts, and a sign in quotes ends no tag', () => {
  expect(read('<a href="1" href="2" title="a > b">x')).toEqual([['a', { href: '1', title: 'a > b' }, 'x']]);
});

test('comments are passed over', () => {
  expect(read('<!-- <a href="1">x</a> --><a href="2">y</a><!-- <a href="3">z</a>')).toEqual([
    ['a', { href: '2' }, 'y'],
  ]);
});

test.each([
  '<a x=a////'.repeat(20_000),
  '<!--'.repeat(100_000),
  `<a${' '.repeat(100_000)}`,
  `<a ${'x '.repeat(50_000)}`,
  '&#x'.repeat(100_000),
  `<a href="${'&'.repeat(100_000)}`,
])('a page made to take long is read at once: %.12s…', (page) => {
  expect(read(page).length).toBeLessThan(2);
});
