import { expect, test } from 'vitest';
import { html } from './html.ts';

test('values are escaped as text and in attributes', () => {
  const evil = `"'><script>alert(1)</script>&`;
  expect(html`<p title="${evil}">${evil}</p>`.text).not.toMatch(/<script|"'/);
  expect(html`<p>${evil}</p>`.text).toBe('<p>&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</p>');
});

test('markup inside markup stays, lists are joined, null is nothing', () => {
  const items = ['a<', 'b'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${null}${7}`.text).toBe('<ul><li>a&lt;</li><li>b</li></ul>7');
});
