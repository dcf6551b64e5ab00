import { expect, test } from 'vitest';
import { html } from '../lib/html.ts';
import { page } from './page.ts';

test('a page is its title and content as HTML, text escaped', () => {
  const text = page('A & B', html`<h1>${'<x>'}</h1>`);
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).toContain('<title>A &amp; B</title>');
  expect(text).toContain('<main><h1>&lt;x&gt;</h1></main>');
});
