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
  expect(table.find('GET', ['files', 'a'])).toEqual({ allowed: [] });
});

test('another method is told apart from another path', () => {
  expect(table.find('DELETE', ['x'])).toEqual({ allowed: ['GET', 'PUT', 'HEAD'] });
  expect(table.find('GET', ['x', 'y', 'z', 'w'])).toEqual({ allowed: [] });
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
  expect(found.find('DELETE', ['-', 'pkg.tgz', '-rev', '1'])).toEqual({ allowed: [] });
});
