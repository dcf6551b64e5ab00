/** Rules that hold for every operation, so that the next one keeps them too. */
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rest, restOf } from '../../test/harness/rest.ts';
import { startServer } from '../../test/harness/server.ts';
import type { TestServer } from '../../test/harness/types.ts';
import { docsPage } from './docs-page.ts';
import { operations } from './index.ts';
import { openApiDocument } from './openapi.ts';
import type { Operation } from './operation.ts';

const label = ({ method, path }: Operation) => `${method} ${path}`;
const named = operations.map((operation) => [label(operation), operation] as const);

test('ids and places are unique', () => {
  expect(operations.length).toBeGreaterThan(70);
  for (const of of [operations.map(({ id }) => id), operations.map(label)]) expect(new Set(of).size).toBe(of.length);
});

test('these and no others answer anonymous callers', () => {
  expect(operations.filter(({ needs }) => needs === 'nothing').map(label)).toEqual([
    'GET /projects/:id/packages',
    'GET /groups/:id/packages',
    'GET /projects/:id/packages/:package_id',
    'GET /projects/:id/packages/:package_id/pipelines',
    'GET /projects/:id/packages/:package_id/package_files',
    'GET /projects/:id/packages/:package_id/package_files/:package_file_id/download',
    'GET /projects',
    'GET /groups/:id/projects',
    'GET /projects/:id',
    'GET /groups',
    'GET /groups/:id',
    'GET /groups/:id/subgroups',
    'GET /groups/:id/descendant_groups',
  ]);
});

test.each(named)('%s describes its path, its success, and bounds what it reads', (_, operation) => {
  const inPath = [...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  expect(Object.keys(operation.params?.properties ?? {})).toEqual(inPath);
  expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
  expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
  if (operation.method === 'GET') expect(operation.body).toBeUndefined();
  for (const schema of [operation.params, operation.query, operation.body]) {
    for (const [name, property] of Object.entries(schema?.properties ?? {})) checkBounded(name, property);
  }
});

function checkBounded(name: string, schema: TSchema): void {
  const {
    type,
    enum: choices,
    anyOf,
    items,
    maxLength,
    pattern,
    minimum,
    maxItems,
  } = schema as Record<string, unknown>;
  if (Array.isArray(anyOf)) {
    for (const choice of anyOf as TSchema[]) checkBounded(name, choice);
  } else if (type === 'array') {
    expect(maxItems, name).toBeLessThanOrEqual(100);
    checkBounded(name, items as TSchema);
  } else if (type === 'string') {
    expect(maxLength, name).toBeLessThanOrEqual(2000);
    expect(pattern, name).toContain('u0000');
  } else if (type === 'object') {
    // Free JSON: the size of the body bounds it.
  } else if (type === 'integer' && choices === undefined) expect([0, 1], name).toContain(minimum);
  else expect(choices !== undefined || type === 'boolean' || type === 'null', name).toBe(true);
}

describe('the documents', () => {
  const document = openApiDocument({ operations, formats: [], version: '1', origin: 'https://h' });

  test('every reference leads to a schema', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  test('the page has every operation, and its links lead somewhere', () => {
    const { html } = docsPage(document);
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
    expect(html.match(/<article/g)?.length).toBe(operations.length + Object.keys(document.components.schemas).length);
  });
});

describe('called on a server', () => {
  let server: TestServer;
  let rest: Rest;
  let reading: string;

  beforeAll(async () => {
    server = await startServer();
    rest = restOf(server);
    const [root] = await server.api<{ id: number }[]>('GET', '/users?username=root');
    const made = await server.api<{ token: string }>('POST', `/users/${root?.id}/personal_access_tokens`, {
      name: 'reading',
      scopes: ['read_api', 'read_user', 'read_package_registry'],
    });
    reading = made.token;
  });

  afterAll(() => server.stop());

  /** Names the first row of everything, and brings a body that passes the schema. */
  const call = (operation: Operation, credential: object) =>
    rest(operation.method, operation.path.replace(/:\w+/g, '1'), {
      ...credential,
      ...(operation.body === undefined ? {} : { json: exampleBody(operation.body) }),
    });

  test.each(named)(
    '%s answers 401 to a wrong token, and to anonymous callers where it needs one',
    async (_, operation) => {
      const wrong = await call(operation, { token: 'pkyp_0000000000000000000000000000000000000000000000000' });
      expect([wrong.status, wrong.body]).toEqual([401, { message: '401 Unauthorized' }]);
      if (operation.needs === 'caller') expect((await call(operation, {})).status).toBe(401);
    },
  );

  const writes = named.filter(([, { method, path }]) => method !== 'GET' && !path.includes('/self'));
  test.each(writes)("%s refuses an administrator's token that may only read", async (_, operation) => {
    expect((await call(operation, { token: reading })).status).toBe(403);
  });
});

function exampleBody(schema: TSchema): Record<string, unknown> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, TSchema>; required?: string[] };
  return Object.fromEntries(required.map((name) => [name, example(properties[name] ?? {})]));
}

function example(schema: TSchema): unknown {
  const {
    type,
    items,
    enum: choices,
    anyOf,
  } = schema as {
    type?: string;
    items?: TSchema & { type?: string };
    enum?: unknown[];
    anyOf?: TSchema[];
  };
  if (choices !== undefined) return choices[0];
  if (anyOf !== undefined) return example(anyOf[0] ?? {});
  if (type === 'integer') return 1;
  if (type === 'array') return items?.type === 'object' ? [{}] : ['api'];
  return 'x';
}
