import { expect, test } from 'vitest';
import { readHeaders } from './metadata-headers.ts';

const read = (text: string) => {
  const { fields, body } = readHeaders(text);
  return { fields: [...fields], body };
};

test('fields in order, names in lower case, and a body', () => {
  expect(read('Name: a\nClassifier: x\nCLASSIFIER: y\n\nThe\n\nbody\n')).toEqual({
    fields: [
      ['name', ['a']],
      ['classifier', ['x', 'y']],
    ],
    body: 'The\n\nbody\n',
  });
});

test('line ends of Windows', () => {
  expect(read('Name: a\r\nVersion: 1\r\n\r\nbody\r\n')).toEqual({
    fields: [
      ['name', ['a']],
      ['version', ['1']],
    ],
    body: 'body\r\n',
  });
});

test('lines that begin with space belong to the field before', () => {
  const { fields } = read('License: one\n  two\n\tthree\nName: a');
  expect(fields).toEqual([
    ['license', ['one\n  two\n\tthree']],
    ['name', ['a']],
  ]);
});

test('a line that is no field begins the body, as in Python', () => {
  expect(read('Name: a\nno field\nVersion: 1\n')).toEqual({
    fields: [['name', ['a']]],
    body: 'no field\nVersion: 1\n',
  });
});

test.each(['', '\n', ' Name: a', 'name : a'])('no field in %j', (text) => {
  expect(read(text).fields).toEqual([]);
});

test('values may be empty and hold colons', () => {
  expect(read('Name:\nHome-page: https://x:1/').fields).toEqual([
    ['name', ['']],
    ['home-page', ['https://x:1/']],
  ]);
});

test('a million lines take no time to speak of', () => {
  const { fields } = readHeaders('Classifier: x\n'.repeat(200_000));
  expect(fields.get('classifier')).toHaveLength(200_000);
});

test('lines that go on are taken as they are, but for carriage returns', () => {
  const { fields, body } = readHeaders('License: MIT\r\n  and more\r\n\tand the rest\r\nName: a\r\n b');
  expect(fields.get('license')).toEqual(['MIT\n  and more\n\tand the rest']);
  expect(fields.get('name')).toEqual(['a\n b']);
  expect(body).toBe('');
});
