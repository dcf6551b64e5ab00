import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { operation } from './operation.ts';

const thing = Type.Object({ id: Type.Integer(), tags: Type.Array(Type.String()) }, { title: 'Thing' });

const operations = [
  operation({
    id: 'list_things',
    method: 'GET',
    path: '/boxes/:id/things',
    summary: 'Lists things',
    tag: 'Things',
    needs: 'nothing',
    params: Type.Object({ id: Type.String({ description: 'The box.' }) }),
    query: Type.Object({ search: Type.Optional(Type.String({ description: 'Words.' })) }),
    responses: { 200: { description: 'The things.', schema: Type.Array(thing), headers: { 'x-total': 'How many.' } } },
    handler: async () => ({ status: 200 }),
  }),
  operation({
    id: 'make_thing',
    method: 'POST',
    path: '/boxes/:box_id/things',
    summary: 'Makes a thing',
    tag: 'Things',
    needs: 'caller',
    body: Type.Object({ name: Type.String() }),
    responses: { 201: { description: 'Made.', schema: thing } },
    handler: async () => ({ status: 201 }),
  }),
];

const npm = {
  id: 'npm',
  routes: [
    { method: 'GET', path: '/-/ping', needs: 'nothing' },
    { method: 'PUT', path: '/:name', needs: 'publish', scopes: ['project'] },
    { method: 'GET', path: '/:pkg/-/*', needs: 'read' },
  ],
} as const;

const document = openApiDocument({ operations, formats: [npm], version: '1.2.3', origin: 'https://h' });

test('operations stand under their template with parameters, answers and security', () => {
  const list = document.paths['/boxes/{id}/things']?.['get'];
  expect(list).toEqual({
    operationId: 'list_things',
    tags: ['Things'],
    summary: 'Lists things',
    parameters: [
      { name: 'id', in: 'path', required: true, description: 'The box.', schema: { type: 'string' } },
      { name: 'search', in: 'query', required: false, description: 'Words.', schema: { type: 'string' } },
    ],
    responses: {
      200: {
        description: 'The things.',
        headers: { 'x-total': { description: 'How many.', schema: { type: 'string' } } },
        content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } } },
      },
      400: expect.objectContaining({ description: 'A parameter is not valid.' }),
      401: expect.anything(),
      403: expect.anything(),
      404: expect.anything(),
    },
    security: [{}, { privateToken: [] }, { bearer: [] }, { basic: [] }, { deployToken: [] }],
    'x-scopes': ['api', 'read_api'],
  });
});

test('a template that differs only in its parameter names is the same path', () => {
  expect(Object.keys(document.paths).filter((path) => path.startsWith('/boxes'))).toEqual(['/boxes/{id}/things']);
  const make = document.paths['/boxes/{id}/things']?.['post'];
  expect(make?.parameters?.map(({ name }) => name)).toEqual(['id']);
  expect(make?.security).not.toContainEqual({});
  expect(make?.requestBody?.required).toBe(true);
});

test('titled schemas are printed once', () => {
  expect(Object.keys(document.components.schemas).sort()).toEqual(['Problem', 'Thing']);
  const other = operation({
    ...operations[0]!,
    path: '/other',
    responses: { 200: { description: '', schema: Type.Object({}, { title: 'Thing' }) } },
  });
  expect(() => openApiDocument({ operations: [...operations, other], formats: [], version: '', origin: '' })).toThrow(
    'titled Thing',
  );
});

test('the routes of a format are listed at every mount that has them', () => {
  const npmPaths = Object.keys(document.paths).filter((path) => path.includes('npm'));
  expect(npmPaths).toEqual([
    '/projects/{id}/packages/npm/-/ping',
    '/groups/{id}/-/packages/npm/-/ping',
    '/packages/npm/-/ping',
    '/virtual_registries/packages/npm/{id}/-/ping',
    '/projects/{id}/packages/npm/{name}',
    '/projects/{id}/packages/npm/{pkg}/-/{rest}',
    '/groups/{id}/-/packages/npm/{pkg}/-/{rest}',
    '/packages/npm/{pkg}/-/{rest}',
    '/virtual_registries/packages/npm/{id}/{pkg}/-/{rest}',
  ]);
});

test('operation ids are unique and every path parameter is described', () => {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  );
  const ids = all.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of all) {
    const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name);
    expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  }
});

test('no template names a parameter twice: an id of the protocol is not the id of the mount', () => {
  const nuget = { id: 'nuget', routes: [{ method: 'GET', path: '/download/:id/:idle', needs: 'read' }] } as const;
  const { paths } = openApiDocument({ operations: [], formats: [nuget], version: '1', origin: 'https://h' });
  expect(Object.keys(paths)).toContain('/projects/{id}/packages/nuget/download/{nuget_id}/{idle}');
  const parameters = paths['/virtual_registries/packages/nuget/{id}/download/{nuget_id}/{idle}']?.['get'];
  expect(parameters).toMatchObject({ parameters: [{ name: 'id' }, { name: 'nuget_id' }, { name: 'idle' }] });
});
