import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { operation } from './operation.ts';
import { gitlabParameters } from './parameters.ts';

const list = operation({
  id: 'list',
  method: 'GET',
  path: '/things',
  summary: '',
  tag: '',
  needs: 'nothing',
  responses: {},
  query: Type.Object({ owned: Type.Optional(Type.Boolean()), search: Type.Optional(Type.String()) }),
  handler: async () => ({ status: 200 }),
});
const make = operation({
  ...list,
  method: 'POST',
  body: Type.Object({ name: Type.String(), open: Type.Optional(Type.Boolean()), scopes: Type.Array(Type.String()) }),
});

test.each(['true', 'True', 'TRUE', '1', 'yes', 'on', 't'])('%s is true', (owned) => {
  expect(gitlabParameters(list, { url: '/things', query: { owned }, body: undefined }).query).toEqual({ owned: true });
});

test('what is no boolean stays for the schema to refuse, and text stays text', () => {
  const query = { owned: 'perhaps', search: 'true' };
  expect(gitlabParameters(list, { url: '/things', query, body: undefined }).query).toEqual(query);
});

test('parameters of the body may stand in the query; the body wins', () => {
  const url = '/things?name=a&open=yes&scopes[]=x&scopes%5B%5D=y';
  const { body } = gitlabParameters(make, { url, query: {}, body: { name: 'b' } });
  expect(body).toEqual({ name: 'b', open: true, scopes: ['x', 'y'] });
});

test('without a body, the query is all there is', () => {
  expect(gitlabParameters(make, { url: '/things', query: {}, body: undefined }).body).toEqual({});
});

test('a body that is no object stays as it is, to be refused', () => {
  for (const body of [[], 'text', 7]) {
    expect(gitlabParameters(make, { url: '/things?name=a', query: {}, body }).body).toBe(body);
  }
});

test('the prototype stays clean', () => {
  const body = JSON.parse('{"__proto__":{"open":true},"name":"a"}') as unknown;
  const merged = gitlabParameters(make, { url: '/things?__proto__[x]=1', query: {}, body }).body as { open?: unknown };
  expect(merged.open).toBeUndefined();
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
