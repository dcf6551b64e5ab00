import { expect, test } from 'vitest';
import { prefixOf, withoutPrefix } from './path-prefix.ts';

test.each([
  [null, ''],
  ['https://packages.example.com', ''],
  ['https://packages.example.com/', ''],
  ['https://packages.example.com/yard', '/yard'],
  ['https://packages.example.com/a/b/', '/a/b'],
])('the prefix of %s', (url, prefix) => {
  expect(prefixOf(url)).toBe(prefix);
});

test.each([
  [
    '/yard/api/v4/projects/a%2Fb/packages/npm/@s%2fp?write=true',
    '/api/v4/projects/a%2Fb/packages/npm/@s%2fp?write=true',
  ],
  ['/api/v4/version', '/api/v4/version'],
  ['/yard/-/readiness', '/-/readiness'],
  ['/yard/.well-known/terraform.json', '/.well-known/terraform.json'],
  ['/.well-known/terraform.json', '/.well-known/terraform.json'],
  ['/yard/oauth/token', '/oauth/token'],
  ['/yard', '/'],
  ['/yard/', '/'],
  ['/yard?x=1', '/?x=1'],
  ['/yardage/api/v4', '/yardage/api/v4'],
  ['/yard/other', '/yard/other'],
  ['/yard//etc', '/yard//etc'],
])('%s below /yard', (url, without) => {
  expect(withoutPrefix(url, '/yard')).toBe(without);
});

test('a prefix that is spelt as our own paths begin', () => {
  expect(withoutPrefix('/api/v4/version', '/api')).toBe('/api/v4/version');
  expect(withoutPrefix('/api/api/v4/version', '/api')).toBe('/api/v4/version');
});
