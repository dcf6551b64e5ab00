import { expect, test } from 'vitest';
import { source, sourcesBelow } from './source.ts';
import { straySql } from './sql.ts';

test('SQL lives in the catalogue, the database layer and stores', () => {
  expect(straySql(sourcesBelow('src'))).toEqual([]);
});

test.each([
  ["'select id, name from package where id = ?'"],
  ["'SELECT 1'"],
  ["'select count(*) as n'"],
  ['`\n  insert into blob (sha256) values (?)`'],
  ["'insert or ignore into blob values (?)'"],
  ["'update package set name = ?'"],
  ['`update ${table} set name = ?`'],
  ["'delete from package'"],
  ["'create table if not exists x (id integer)'"],
  ["'Create unique index a on b (c)'"],
  ["'alter table package add column x text'"],
  ["'with recursive tree (id) as (select id from namespace)'"],
  ["'pragma journal_mode = wal'"],
])('%s is found', (literal) => {
  expect(straySql([source('src/registry/x.ts', `db.all(${literal});`)])).toHaveLength(1);
});

test('English is not SQL', () => {
  const sentences = ['Create a group first.', 'With a token, read it.', 'Delete the file.', 'Select one', 'update it'];
  const text = sentences.map((sentence) => `say('${sentence}');`).join('\n');
  expect(straySql([source('src/registry/x.ts', text)])).toEqual([]);
});

test('a store, the catalogue and tests may hold it', () => {
  const text = `db.all('select id from package');`;
  for (const file of ['src/access/tokens.store.ts', 'src/catalog/x.ts', 'src/database/x.ts', 'src/http/x.test.ts']) {
    expect(straySql([source(file, text)])).toEqual([]);
  }
});
