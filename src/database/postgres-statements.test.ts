import { expect, test } from 'vitest';
import { Statements } from './postgres-statements.ts';

const namesOf = (statements: Statements, sql: string, times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => statements.query(sql, []).name);

test('a text that comes back is named, always the same', () => {
  const statements = new Statements();
  const names = namesOf(statements, 'select 1', 5);
  expect(names.slice(0, 2)).toEqual([undefined, undefined]);
  expect(new Set(names.slice(2)).size).toBe(1);
  expect(namesOf(new Statements(), 'select 1', 3)[2]).toBe(names[2]);
  expect(namesOf(statements, 'select 2', 3)[2]).not.toBe(names[2]);
});

test('names fit into what the server keeps of them', () => {
  expect(namesOf(new Statements(), 'select 1', 3)[2]?.length).toBeLessThan(64);
});

test('there is an end to names, however many texts come', () => {
  const statements = new Statements();
  const texts = Array.from({ length: 400 }, (_, n) => `select ${n}`);
  const named = texts.map((text) => namesOf(statements, text, 3)[2]).filter((name) => name !== undefined);
  expect(named).toHaveLength(256);
  // Those that were there first stay.
  expect(statements.query('select 0', []).name).toBe(named[0]);
});

test('after a change of tables texts get other names', () => {
  const statements = new Statements();
  const before = namesOf(statements, 'select 1', 3)[2];
  statements.renew();
  expect(namesOf(statements, 'select 1', 1)[0]).not.toBe(before);
});

test('values and their number are checked', () => {
  const statements = new Statements();
  expect(() => statements.query('select ?', [])).toThrow('0 parameters for 1 placeholders');
  expect(() => statements.query('select ?', ['a\0'])).toThrow('NUL');
  expect(statements.query('select ?, ?', [1, null])).toEqual({ text: 'select $1, $2', values: [1, null] });
});
