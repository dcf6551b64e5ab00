import { describe, expect, test } from 'vitest';
import { idOf, pathFault } from './paths.ts';

describe('pathFault', () => {
  test.each(['a', 'A-b_c.d', '1', '_x', 'x_', 'a..b', 'x'.repeat(255), 'admin-tools', 'gitx'])('accepts %s', (path) => {
    expect(pathFault(path, 'top')).toBeNull();
  });

  test.each([
    ['', /empty/],
    ['x'.repeat(256), /longer/],
    ['-', /start or end/],
    ['-a', /start or end/],
    ['.a', /start or end/],
    ['a.', /start or end/],
    ['a-', /start or end/],
    ['..', /start or end/],
    ['a/b', /only letters/],
    ['a b', /only letters/],
    ['ä', /only letters/],
    ['a\n', /only letters/],
    ['a%2fb', /only letters/],
    ['x.git', /'.git'/],
    ['x.ATOM', /'.atom'/],
  ])('refuses %j', (path, fault) => {
    expect(pathFault(path, 'nested')).toMatch(fault);
  });

  test('keeps words of the server to itself at the top, in any case, and only there', () => {
    for (const word of ['admin', 'API', 'explore', 'projects', 'groups', 'users']) {
      expect(pathFault(word, 'top')).toBe('is a reserved word');
      expect(pathFault(word, 'nested')).toBeNull();
    }
  });
});

test('a reference is an id only when it is a plain number', () => {
  expect(idOf(7)).toBe(7);
  expect(idOf('7')).toBe(7);
  for (const path of ['07', '0', '-1', '1e3', '1.0', ' 1', '99999999999999999', 'a/1']) expect(idOf(path)).toBeNull();
});
