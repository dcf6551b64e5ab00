import { expect, test } from 'vitest';
import { formBody } from './form-body.ts';

test.each([
  ['name=a+b&path=c%2Fd', { name: 'a b', path: 'c/d' }],
  ['scopes[]=api&scopes%5B%5D=read_api', { scopes: ['api', 'read_api'] }],
  ['user[name]=x&user[mail]=y', { user: { name: 'x', mail: 'y' } }],
  ['a=1&a=2', { a: '2' }],
  ['a[=1&[b]=2&a]=3&=4', {}],
  ['a=1&a[b]=2', { a: { b: '2' } }],
  ['a[b]=2&a[]=3', { a: ['3'] }],
  ['a[][b]=1', {}],
  ['a[1][2][3][4][5][6]=x', {}],
])('%s', (text, expected) => {
  expect(JSON.parse(JSON.stringify(formBody(text)))).toEqual(expected);
});

test('keys of the prototype stay inert', () => {
  formBody('__proto__[polluted]=1&constructor[prototype][polluted]=1');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
