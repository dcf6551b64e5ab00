import { expect, test } from 'vitest';
import { acceptedForm, namedForm } from './accept.ts';

const v1 = 'application/vnd.pypi.simple.v1';
const latest = 'application/vnd.pypi.simple.latest';

test.each([
  ['nothing', undefined, 'legacy-html'],
  ['an empty header', ' ', 'legacy-html'],
  ['curl, old poetry', '*/*', 'legacy-html'],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'legacy-html'],
  ['pip before 22.2', 'text/html', 'legacy-html'],
  ['pip', `${v1}+json, ${v1}+html; q=0.1, text/html; q=0.01`, 'json'],
  ['uv', `${v1}+json, ${v1}+html;q=0.2, text/html;q=0.01`, 'json'],
  ['poetry', `${v1}+json, */*;q=0.1`, 'json'],
  ['the latest', `${latest}+json`, 'json'],
  ['the latest HTML', `${latest}+html`, 'html'],
  ['HTML before JSON', `${v1}+html, ${v1}+json;q=0.5`, 'html'],
  ['a tie of named ones', `text/html, ${v1}+json`, 'json'],
  ['a tie with a range', `*/*, ${v1}+json`, 'json'],
  ['capitals and spaces', `  ${v1.toUpperCase()}+JSON ; Q=0.5 `, 'json'],
  ['a refused form', `${v1}+json;q=0, text/html`, 'legacy-html'],
  ['a range without the form', 'text/html;q=0, */*', null],
  ['another range', 'application/*', 'json'],
  ['plain JSON', 'application/json', null],
  ['another version', 'application/vnd.pypi.simple.v2+json', null],
  ['a broken weight', `${v1}+json;q=x, text/html;q=0.1`, 'legacy-html'],
  ['nothing but commas', ',,,', null],
])('%s', (_what, header, form) => {
  expect(acceptedForm(header)).toBe(form);
});

test('a form by name', () => {
  expect(namedForm(`${latest}+JSON`)).toBe('json');
  expect(namedForm('text/html')).toBe('legacy-html');
  expect(namedForm('json')).toBeNull();
});
