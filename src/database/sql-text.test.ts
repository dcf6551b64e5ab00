import { describe, expect, test } from 'vitest';
import { changesRows, isRead, numberPlaceholders } from './sql-text.ts';

test.each([
  ['select 1', 'select 1', 0],
  ['select a from b where c = ? and d in (?, ?)', 'select a from b where c = $1 and d in ($2, $3)', 3],
  [`select '?' as q, "?" from a where b = ?`, `select '?' as q, "?" from a where b = $1`, 1],
  [`select 'it''s ?', ? -- why ?\n, ?`, `select 'it''s ?', $1 -- why ?\n, $2`, 2],
  ['select /* ? \n ? */ ?', 'select /* ? \n ? */ $1', 1],
  [`a like ? escape '\\' and b = ?`, `a like $1 escape '\\' and b = $2`, 2],
])('%s', (sql, text, placeholders) => {
  expect(numberPlaceholders(sql)).toEqual({ text, placeholders });
});

describe('a statement', () => {
  test.each(['select 1', ' VALUES (1)', 'with a as (select 1) select * from a', 'explain select 1'])(
    '%s only reads',
    (sql) => {
      expect(isRead(sql)).toBe(true);
    },
  );

  test.each([
    'insert into a values (1)',
    'with b as (select 1) insert into a select * from b',
    'update a set b = 1 returning b',
    'delete from a',
  ])('%s changes rows', (sql) => {
    expect([isRead(sql), changesRows(sql)]).toEqual([false, true]);
  });

  test.each(['create table a (b text)', 'drop table a'])('%s does neither', (sql) => {
    expect([isRead(sql), changesRows(sql)]).toEqual([false, false]);
  });
});
