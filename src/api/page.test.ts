import { expect, test } from 'vitest';
import { pageHeaders, pageOf, slicedAnswer } from './page.ts';

const asked = { origin: 'https://packages.test', url: '/api/v4/projects?search=a%20b&page=2' };

test('a list without parameters is its first twenty items', () => {
  expect(pageOf({})).toEqual({ number: 1, size: 20, offset: 0 });
});

test('a page is at most a hundred items', () => {
  expect(pageOf({ page: 2, per_page: 1e9 })).toEqual({ number: 2, size: 100, offset: 100 });
});

test('pages beyond the deepest offset are refused', () => {
  expect(pageOf({ page: 501, per_page: 100 }).offset).toBe(50_000);
  expect(() => pageOf({ page: 502, per_page: 100 })).toThrow(/narrow this one/);
  expect(() => pageOf({ page: 1e12 })).toThrow(/narrow this one/);
});

test('the headers lead to the neighbours and keep the other parameters', () => {
  const headers = pageHeaders(45, pageOf({ page: 2 }), asked);
  expect(headers).toMatchObject({
    'x-total': '45',
    'x-total-pages': '3',
    'x-page': '2',
    'x-per-page': '20',
    'x-next-page': '3',
    'x-prev-page': '1',
  });
  expect(headers['link']).toBe(
    [
      '<https://packages.test/api/v4/projects?search=a+b&page=1&per_page=20>; rel="prev"',
      '<https://packages.test/api/v4/projects?search=a+b&page=3&per_page=20>; rel="next"',
      '<https://packages.test/api/v4/projects?search=a+b&page=1&per_page=20>; rel="first"',
      '<https://packages.test/api/v4/projects?search=a+b&page=3&per_page=20>; rel="last"',
    ].join(', '),
  );
});

test('an empty list has one page and no neighbours', () => {
  const headers = pageHeaders(0, pageOf({}), asked);
  expect(headers).toMatchObject({ 'x-total-pages': '1', 'x-next-page': '', 'x-prev-page': '' });
  expect(headers['link']).not.toContain('next');
});

test('beyond the end the previous page is the last one', () => {
  expect(pageHeaders(45, pageOf({ page: 9 }), asked)).toMatchObject({ 'x-prev-page': '3', 'x-next-page': '' });
});

test('nothing a client can put into a request line breaks out of the Link header', () => {
  const { link } = pageHeaders(1, pageOf({}), { origin: 'http://h', url: '/a>"<\u00e9?q=>;%0d%0aX:y' });
  expect(link).toMatch(/^<http:\/\/h\/a%3E%22%3C%C3%A9\?q=%3E%3B%0D%0AX%3Ay&page=1&per_page=20>; rel="first"/);
});

test('a list that is whole already is cut', () => {
  expect(slicedAnswer([1, 2, 3], pageOf({ page: 2, per_page: 2 }), asked)).toMatchObject({
    status: 200,
    body: [3],
    headers: { 'x-total': '3' },
  });
});
