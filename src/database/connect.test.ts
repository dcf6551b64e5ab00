import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from './connect.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packyard-connect-'));
});
afterEach(() => rm(folder, { recursive: true }));

it.each(['sqlite:', 'sqlite://'])('opens the path after %s', async (prefix) => {
  const path = join(folder, 'packyard.db');
  const db = await openDatabase(prefix + path);
  await db.close();
  expect((await stat(path)).isFile()).toBe(true);
});

it('leaves nothing of a database in memory', async () => {
  const db = await openDatabase('sqlite::memory:');
  await db.run('create table item (name text)');
  await db.run('insert into item values (?)', ['a']);
  expect(await db.all('select name from item')).toEqual([{ name: 'a' }]);
  const file = (await db.get<{ file: string }>('pragma database_list'))?.file ?? '';
  await db.close();
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

it.each([
  ['postgres://me:hidden@127.0.0.1:1/packyard', /^The database packyard on 127\.0\.0\.1:1 cannot be opened: [^@]+\.$/],
  ['postgresql://127.0.0.1/packyard?host=/nowhere', /^The database packyard on \/nowhere cannot be opened: .*ENOENT/],
  ['mysql://localhost/packyard', 'must be sqlite:<path>'],
  ['packyard.db', 'must be sqlite:<path>'],
  ['sqlite:', 'needs a path'],
])('refuses %s', async (url, reason) => {
  await expect(openDatabase(url)).rejects.toThrow(reason);
});
