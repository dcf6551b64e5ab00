import { expect, test } from 'vitest';
import { ApiDocuments } from './documents.ts';
import { operations } from './index.ts';

const documents = new ApiDocuments({ operations, formats: [], version: '1' });

test('every asker sees the own origin, escaped, and nothing of the placeholder', () => {
  expect(documents.openApi('https://a.test').servers).toEqual([{ url: 'https://a.test/api/v4' }]);
  const page = documents.page(`https://b.test"$&<'`);
  expect(page.html).toContain('https://b.test&quot;$&amp;&lt;&#39;/api/v4');
  expect(page.html).not.toContain('origin.invalid');
  expect(JSON.stringify(documents.openApi('https://a.test'))).not.toContain('origin.invalid');
  expect(documents.page('https://a.test').contentSecurityPolicy).toBe(page.contentSecurityPolicy);
});

test('asking again prints nothing anew', () => {
  expect(documents.openApi('https://a.test').paths).toBe(documents.openApi('https://b.test').paths);
});
