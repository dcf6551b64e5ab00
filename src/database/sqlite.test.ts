import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../problems/problem.ts';
import type { Database } from './database.ts';
import { openSqlite, type SqliteOptions } from './sqlite.ts';
import { loadSqlite, type SqliteConnection } from './sqlite-driver.ts';

let folder: string;
let path: string;
const opened: { close(): unknown }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packyard-sqlite-'));
  path = join(folder, 'packyard.db');
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await rm(folder, { recursive: true });
});

async function open(options?: SqliteOptions): Promise<Database> {
  const db = await openSqlite(path, options);
  opened.push(db);
  return db;
}

/** As another program would have it open. */
async function openRaw(): Promise<SqliteConnection> {
  const connection = (await loadSqlite())(path);
  opened.push(connection);
  return connection;
}

async function withItems(options?: SqliteOptions): Promise<Database> {
  const db = await open(options);
  await db.run('create table item (name text primary key)');
  return db;
}

const insert = 'insert into item (name) values (?)';
const mode = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);
const code = (error: unknown): unknown => (error instanceof Problem ? error.code : error);

describe('the file', () => {
  it('belongs to its owner alone, and so does the folder made for it', async () => {
    path = join(folder, 'a', 'b', 'packyard.db');
    await withItems();
    expect(await Promise.all(['a', 'a/b'].map((made) => mode(join(folder, made))))).toEqual(['700', '700']);
    expect(await Promise.all(['', '-wal', '-shm'].map((suffix) => mode(path + suffix)))).toEqual(['600', '600', '600']);
  });

  it('is closed to others when it was open to them, and its folder is left alone', async () => {
    await (await withItems()).close();
    await chmod(path, 0o644);
    await chmod(folder, 0o755);
    await (await open()).run(insert, ['a']);
    expect([await mode(path), await mode(`${path}-wal`), await mode(folder)]).toEqual(['600', '600', '755']);
  });

  it('is whole without its log after close', async () => {
    const db = await withItems();
    await db.run(insert, ['a']);
    await db.close();
    await copyFile(path, join(folder, 'copy.db'));
    path = join(folder, 'copy.db');
    expect(await (await open()).all('select * from item')).toEqual([{ name: 'a' }]);
  });

  it('is refused and left alone when it is no SQLite database', async () => {
    const text = 'The shopping list: bread, milk, and a registry for all the packages of the company.\n'.repeat(20);
    await writeFile(path, text);
    await expect(open()).rejects.toThrow('is not a SQLite database');
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it.each(['create table recipe (name text)', 'pragma application_id = 4711'])(
    'is refused and left alone when it is of another program (%s)',
    async (sql) => {
      const raw = await openRaw();
      raw.exec(sql);
      raw.close();
      opened.pop();
      const before = await readFile(path);
      await expect(open()).rejects.toThrow('another program');
      expect(before.equals(await readFile(path))).toBe(true);
    },
  );

  it('is not made anew beside the log of a lost one', async () => {
    await writeFile(`${path}-wal`, 'transactions');
    await expect(open()).rejects.toThrow('is missing or empty, but its log');
    expect(await readFile(`${path}-wal`, 'utf8')).toBe('transactions');
  });

  it('says which path cannot be opened', async () => {
    await expect(openSqlite(folder)).rejects.toThrow();
  });
});

describe('the connections', () => {
  it('commit to disk, and only one of them writes', async () => {
    const db = await open();
    const writer = await db.transaction(async (tx) => [
      await tx.get('pragma synchronous'),
      await tx.get('pragma journal_mode'),
      await tx.get('pragma foreign_keys'),
      await tx.get('pragma query_only'),
    ]);
    expect(writer).toEqual([{ synchronous: 2 }, { journal_mode: 'wal' }, { foreign_keys: 1 }, { query_only: 0 }]);
    expect(await db.get('pragma query_only')).toEqual({ query_only: 1 });
  });

  it('send a statement that writes to the writer, however it begins', async () => {
    const db = await withItems();
    const text = `with given as (select ? as name) insert into item select name from given returning name`;
    expect(await db.get(text, ['a'])).toEqual({ name: 'a' });
    expect(await db.all('with found as (select * from item) select name from found')).toEqual([{ name: 'a' }]);
  });

  it('bind whole numbers as integers on every binding', async () => {
    const db = await open();
    expect(await db.get('select typeof(?) as small, typeof(?) as large', [1, 2 ** 40])).toEqual({
      small: 'integer',
      large: 'integer',
    });
  });
});

describe('a commit', () => {
  it('is shared by the transactions that wait together', async () => {
    const db = await withItems();
    const seen: unknown[] = [];
    const first = db.run(insert, ['a']);
    const second = db.transaction(async (tx) => {
      seen.push(await tx.all('select name from item'), await db.all('select name from item'));
    });
    await Promise.all([first, second]);
    expect(seen).toEqual([[{ name: 'a' }], []]);
  });

  it('that does not fit on the disk rejects all that share it; the database goes on when there is room', async () => {
    const db = await withItems();
    await db.run(insert, ['before']);
    await db.run('pragma max_page_count = 8');
    const outcomes = await Promise.allSettled([
      db.run(insert, ['small']),
      db.run(insert, ['x'.repeat(100_000)]),
      db.transaction(async (tx) => {
        await tx.run(insert, ['x'.repeat(100_001)]).catch(() => 0);
        return 'caught';
      }),
    ]);
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? code(outcome.reason) : outcome.value));
    expect(codes).toEqual(['storage-full', 'storage-full', 'storage-full']);
    expect(await db.all('select name from item')).toEqual([{ name: 'before' }]);
    await db.run('pragma max_page_count = 100000');
    expect(await db.run(insert, ['x'.repeat(100_000)])).toBe(1);
  });

  it('tells a read-only database', async () => {
    const db = await withItems();
    await db.run('pragma query_only = on');
    expect(await db.run(insert, ['a']).catch(code)).toBe('storage-unavailable');
  });

  it('waits while another process writes, and everything else goes on meanwhile', async () => {
    const db = await withItems();
    const other = await openRaw();
    other.exec(`begin immediate; insert into item values ('theirs')`);
    let done = false;
    const ours = db.run(insert, ['ours']).finally(() => {
      done = true;
    });
    for (let turn = 0; turn < 20; turn++) {
      await delay(1);
      expect(await db.all('select name from item')).toEqual([]);
    }
    expect(done).toBe(false);
    other.exec('commit');
    await ours;
    expect(await db.all('select name from item order by name')).toEqual([{ name: 'ours' }, { name: 'theirs' }]);
  });

  it('gives up when the other process keeps the lock, and works again afterwards', async () => {
    const db = await withItems({ lockWait: 30 });
    const other = await openRaw();
    other.exec('begin immediate');
    const refused = await Promise.allSettled([db.run(insert, ['a']), db.run(insert, ['b'])]);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'storage-unavailable', headers: { 'retry-after': '1' } },
      });
    }
    other.exec('rollback');
    expect(await db.run(insert, ['c'])).toBe(1);
    expect(await db.all('select name from item')).toEqual([{ name: 'c' }]);
  });

  it('does not wait for ever for a work that waits for its own queue', async () => {
    const db = await withItems({ workLimit: 50 });
    let inner: Promise<number> | undefined;
    const outer = db.transaction(async (tx) => {
      await tx.run(insert, ['outer']);
      inner = db.run(insert, ['inner']);
      await inner;
    });
    await expect(outer).rejects.toThrow('nothing but its own session');
    await inner;
    expect(await db.all('select name from item')).toEqual([{ name: 'inner' }]);
  });
});
