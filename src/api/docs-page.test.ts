import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { docsPage } from './docs-page.ts';
import { openApiDocument } from './openapi.ts';
import { operation } from './operation.ts';

const evil = `"'><script>alert(1)</script>`;

const document = openApiDocument({
  operations: [
    operation({
      id: 'make_thing',
      method: 'POST',
      path: '/boxes/:id/things',
      summary: `Makes ${evil}`,
      description: evil,
      tag: 'Things & more',
      needs: 'caller',
      params: Type.Object({ id: Type.String({ description: evil }) }),
      query: Type.Object({ sort: Type.Optional(Type.Enum(['asc', evil], { default: evil })) }),
      body: Type.Object({ name: Type.String({ examples: ["it's"] }), level: Type.Optional(Type.Integer()) }),
      responses: {
        204: { description: 'Or `<b>`.' },
        201: { description: evil, schema: Type.Object({ id: Type.Integer() }, { title: 'Thing' }) },
      },
      handler: async () => ({ status: 201 }),
    }),
  ],
  formats: [{ id: 'npm', routes: [{ method: 'GET', path: '/:name', needs: 'read' }] }],
  version: '1',
  origin: 'https://h',
});
const page = docsPage(document);

test('words in backticks are code, and escaped like the rest', () => {
  expect(page.html).toContain('An <code>id</code> in a path');
  expect(page.html).toContain('<code>&lt;b&gt;</code>');
});

test('everything is escaped', () => {
  expect(page.html).not.toContain('<script');
  expect(page.html).toContain('&lt;script&gt;');
});

test("the policy allows the page's one style and nothing else", () => {
  const styles = [...page.html.matchAll(/<style>([^]*?)<\/style>/g)];
  expect(styles).toHaveLength(1);
  const hash = createHash('sha256')
    .update(styles[0]?.[1] ?? '')
    .digest('base64');
  expect(page.contentSecurityPolicy).toContain(`style-src 'sha256-${hash}'`);
  expect(page.contentSecurityPolicy).toContain("default-src 'none'");
  expect(page.html).not.toMatch(/ style=| on\w+=/);
});

test('every link inside the page leads somewhere, and ids are unique', () => {
  const ids = [...page.html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of page.html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

test('an operation shows what it needs, its body and a command', () => {
  expect(page.html).toContain('Needs a credential. A token needs the scope api.');
  expect(page.html).toContain('<code>name</code> (required)');
  const command = /<pre[^>]*><code>([^]*?)<\/code>/
    .exec(page.html)?.[1]
    ?.replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"');
  expect(command).toBe(
    [
      'curl',
      '--request POST',
      '--header "PRIVATE-TOKEN: $TOKEN"',
      `--json '{"name":"it'\\''s"}'`,
      `'https://h/api/v4/boxes/1/things'`,
    ].join(' \\\n  '),
  );
});
