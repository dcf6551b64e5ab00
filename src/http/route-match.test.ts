import { expect, test } from 'vitest';
import type { Route } from '../formats/format.ts';
import { RouteTable } from './route-match.ts';

const handler = async () => ({ status: 200 });
const route = (method: Route['method'], path: string): Route => ({ method, path, needs: 'read', handler });

const table = new RouteTable([
  route('GET', '/-/ping'),
  route('GET', '/:name'),
  route('PUT', '/:name'),
  route('GET', '/:name/-/:file'),
  route('GET', '/files/:name/*'),
  route('GET', '/'),
]);

test('literals come first, in the order of the table', () => {
  expect(table.find('GET', ['-', 'ping'])).toMatchObject({ route: { path: '/-/ping' } });
  expect(table.find('GET', ['ping'])).toMatchObject({ route: { path: '/:name' }, params: { name: 'ping' } });
});

test('the root is a path like any other', () => {
  expect(table.find('GET', [])).toMatchObject({ route: { path: '/' } });
});

test('HEAD is answered by GET', () => {
  expect(table.find('HEAD', ['x'])).toMatchObject({ route: { method: 'GET', path: '/:name' } });
});

test('a rest holds at least one segment', () => {
  expect(table.find('GET', ['files', 'a', 'b', 'c'])).toMatchObject({ params: { name: 'a', '*': 'b/c' } });
  expect(table.find('GET', ['files', 'a'])).toEqual({ allowed: [], hint: null });
});

test('another method is told apart from another path', () => {
  expect(table.find('DELETE', ['x'])).toEqual({ allowed: ['GET', 'PUT', 'HEAD'], hint: null });
  expect(table.find('GET', ['x', 'y', 'z', 'w'])).toEqual({ allowed: [], hint: null });
});

test('a parameter called __proto__ is harmless', () => {
  const found = new RouteTable([route('GET', '/:__proto__')]).find('GET', ['x']);
  expect(found).toHaveProperty('params');
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('a rest may stand before fixed parts', () => {
  const found = new RouteTable([route('DELETE', '/*/-/:file/-rev/:rev')]);
  expect(found.find('DELETE', ['@s/pkg', '-', 'pkg.tgz', '-rev', '1'])).toMatchObject({
    params: { '*': '@s/pkg', file: 'pkg.tgz', rev: '1' },
  });
  expect(found.find('DELETE', ['a', 'b', 'pkg', '-', 'pkg.tgz', '-rev', '1'])).toMatchObject({
    params: { '*': 'a/b/pkg' },
  });
  expect(found.find('DELETE', ['-', 'pkg.tgz', '-rev', '1'])).toEqual({ allowed: [], hint: null });
});

test('a route of another kind of mount is told apart, and what to do instead is said', () => {
  const found = new RouteTable([
    route('GET', '/:name'),
    { ...route('PUT', '/:name'), scopes: ['project'], scopeHint: 'Publish to a project.' },
    { ...route('PUT', '/:name/file'), scopes: ['project'] },
  ]);
  expect(found.find('PUT', ['x'])).toHaveProperty('route');
  expect(found.find('PUT', ['x'], 'group')).toEqual({ allowed: ['GET', 'HEAD'], hint: 'Publish to a project.' });
  expect(found.find('PUT', ['x', 'file'], 'instance')).toEqual({ allowed: [], hint: expect.stringMatching(/project/) });
  expect(found.find('DELETE', ['x', 'file'], 'instance')).toEqual({ allowed: [], hint: null });
});
