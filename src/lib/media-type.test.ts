import { expect, test } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

test.each([
  ['a.tgz', 'application/gzip'],
  ['dir/a.TAR.GZ', 'application/gzip'],
  ['a.zip', 'application/zip'],
  ['logo.png', 'image/png'],
  ['notes.md', 'text/plain; charset=utf-8'],
  ['a.json', 'application/json'],
])('%s is %s', (name, type) => {
  expect(mediaTypeOf(name)).toBe(type);
});

test.each([
  'index.html INDEX.HTM x.xhtml x.shtml x.svg x.SVGZ x.xml x.xsl x.js x.mjs x.cjs x.css x.pdf x.swf x.mht x.wasm x.hta',
  'html .html x.html. x. x .. __proto__ a.__proto__ a.constructor a.toString x.htmlhtmlhtmlhtml x.html%00.png%00',
])('sends what a browser could run, and what it does not know, as bytes: %s', (names) => {
  for (const name of ['', ...names.split(' ')]) expect(mediaTypeOf(name)).toBe('application/octet-stream');
});
