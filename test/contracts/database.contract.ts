/** What every engine behind `src/database/database.ts` promises. `database.test.ts` runs it. */
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, ForeignKeyViolation, type SqlValue, UniqueViolation } from '../../src/database/database.ts';
import { concurrencyContract } from './database-concurrency.contract.ts';
import { crashContract } from './database-crash.contract.ts';
import { migrationContract } from './database-migration.contract.ts';
import { commitElsewhere } from './database-process.ts';
import { textContract } from './database-text.contract.ts';

export interface OpenedDatabase {
  /** Empty, not migrated. */
  readonly db: Database;
  /** What `openDatabase` in another process needs to open the same one. */
  readonly url: string;
  /** Closes it and leaves nothing behind. */
  cleanup(): Promise<void>;
}

export type OpenDatabase = () => Promise<OpenedDatabase>;

export function databaseContract(name: string, open: OpenDatabase): void {
  describe(`${name}: values`, () => valueContract(open));
  describe(`${name}: text and numbers`, () => textContract(open));
  describe(`${name}: transactions`, () => transactionContract(open));
  describe(`${name}: isolation`, () => isolationContract(open));
  describe(`${name}: concurrency`, () => concurrencyContract(open));
  describe(`${name}: stamp`, () => stampContract(open));
  describe(`${name}: migrations`, () => migrationContract(open));
  describe(`${name}: crash`, () => crashContract(open));
}

/** A database with a table `item (id, name unique, owner → item)`, made anew for each test. */
function itemDatabase(open: OpenDatabase): () => OpenedDatabase {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await open();
    const { identity, bigint } = opened.db.dialect;
    await opened.db.run(
      `create table item (id ${identity}, name text not null unique, owner ${bigint} references item (id))`,
    );
  });
  afterEach(() => opened.cleanup());
  return () => opened;
}

const insert = 'insert into item (name) values (?)';

async function names(db: Database): Promise<string[]> {
  return (await db.all<{ name: string }>('select name from item order by name')).map((row) => row.name);
}

function valueContract(open: OpenDatabase): void {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await open();
    const { bigint, bytes } = opened.db.dialect;
    await opened.db.run(`create table sample (id integer, number ${bigint}, text text, bytes ${bytes})`);
  });
  afterEach(() => opened.cleanup());

  const kept: [string, 'number' | 'text' | 'bytes', SqlValue][] = [
    ['zero', 'number', 0],
    ['a negative number', 'number', -1],
    ['the largest safe integer', 'number', Number.MAX_SAFE_INTEGER],
    ['the smallest safe integer', 'number', Number.MIN_SAFE_INTEGER],
    ['no number', 'number', null],
    ['empty text', 'text', ''],
    ['text beyond the basic plane, quotes and placeholders', 'text', `O'Brien "?" ? 😀 漢\n--`],
    ['text that looks like a number', 'text', '007'],
    ['long text', 'text', 'x'.repeat(3_000_000)],
    ['no text', 'text', null],
    ['bytes of every value', 'bytes', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['no byte', 'bytes', new Uint8Array()],
    ['a slice of a larger buffer', 'bytes', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ['no bytes', 'bytes', null],
  ];
  it.each(kept)('keeps %s', async (_name, column, value) => {
    await opened.db.run(`insert into sample (id, ${column}) values (?, ?)`, [1, value]);
    const row = await opened.db.get<{ value: SqlValue }>(`select ${column} as value from sample where id = ?`, [1]);
    expect(row?.value instanceof Uint8Array ? Uint8Array.from(row.value) : row?.value).toEqual(value);
  });

  it('gives rows as plain objects, in the order of the columns', async () => {
    await opened.db.run('insert into sample (id, number, text) values (?, ?, ?)', [1, 2, 'three']);
    const row = { id: 1, number: 2, text: 'three', bytes: null };
    expect(await opened.db.all('select * from sample')).toStrictEqual([row]);
    expect(await opened.db.get('select * from sample')).toStrictEqual(row);
  });

  it('tells an absent row from an empty one', async () => {
    expect(await opened.db.get('select id from sample')).toBeUndefined();
    expect(await opened.db.all('select id from sample')).toEqual([]);
  });

  it('shows columns that were added after a statement was first used', async () => {
    await opened.db.run('insert into sample (id) values (1)');
    await opened.db.get('select * from sample');
    await opened.db.run('alter table sample add column added text');
    expect(await opened.db.get('select * from sample')).toHaveProperty('added', null);
  });

  const refused: [string, SqlValue][] = [
    ['a fraction', 1.5],
    ['a number too large to be exact', 2 ** 53],
    ['not-a-number', Number.NaN],
    ['text with a NUL', 'a\0b'],
    ['text with half a character', 'a\ud83d'],
  ];
  it.each(refused)('refuses %s instead of changing it', async (_name, value) => {
    await expect(opened.db.run('insert into sample (text) values (?)', [value])).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    await expect(opened.db.get('select id from sample where text = ?', [value])).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    expect(await opened.db.all('select * from sample')).toEqual([]);
  });

  it('refuses too few and too many parameters', async () => {
    await expect(opened.db.all('select id from sample where id = ? or id = ?', [1])).rejects.toThrow();
    await expect(opened.db.all('select id from sample', [1])).rejects.toThrow();
    await expect(opened.db.run(`insert into sample (text) values ('?')`)).resolves.toBe(1);
  });
}

function transactionContract(open: OpenDatabase): void {
  const opened = itemDatabase(open);

  it('counts changed rows', async () => {
    const { db } = opened();
    expect(await db.run('insert into item (name) values (?), (?)', ['a', 'b'])).toBe(2);
    expect(await db.run('update item set name = name where name = ?', ['a'])).toBe(1);
    expect(await db.run('delete from item where name = ?', ['c'])).toBe(0);
    expect(await db.run('delete from item')).toBe(2);
  });

  it('gives what a writing statement returns, outside a transaction too', async () => {
    const { db } = opened();
    const first = await db.get<{ id: number }>(`${insert} returning id`, ['a']);
    const second = await db.transaction((tx) => tx.get<{ id: number }>(`${insert} returning id`, ['b']));
    expect(second?.id).toBeGreaterThan(first?.id ?? Infinity);
    expect(await db.all('delete from item returning name')).toHaveLength(2);
    expect(await names(db)).toEqual([]);
  });

  it('resolves with what work returns, and only when everybody can read it', async () => {
    const { db } = opened();
    const value = await db.transaction(async (tx) => {
      await tx.run(insert, ['a']);
      return { rows: await tx.all('select name from item') };
    });
    expect(value).toEqual({ rows: [{ name: 'a' }] });
    expect(await names(db)).toEqual(['a']);
  });

  it('takes back one of many that wait together, and only that one', async () => {
    const { db } = opened();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        db.transaction(async (tx) => {
          await tx.run(insert, [`${index} first`]);
          await tx.run(insert, [`${index} second`]);
          if (index % 5 === 3) throw new Error(`no ${index}`);
          return index;
        }),
      ),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(refused).toEqual(['Error: no 3', 'Error: no 8', 'Error: no 13', 'Error: no 18']);
    expect(await names(db)).toHaveLength(32);
    expect(await db.all(`select name from item where name like '8 %'`)).toEqual([]);
  });

  it('runs 200 at once, none lost and none in another that waits for the same row', async () => {
    const { db } = opened();
    await db.run('insert into item (name, owner) values (?, ?)', ['counter', null]);
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        db.transaction(async (tx) => {
          await tx.run('update item set owner = null where name = ?', ['counter']);
          const before = await tx.get<{ count: number }>('select count(*) as count from item');
          await tx.run(insert, [`item ${index}`]);
          const after = await tx.get<{ count: number }>('select count(*) as count from item');
          return [before?.count, after?.count];
        }),
      ),
    );
    expect(new Set(ids.map(([before]) => before)).size).toBe(200);
    expect(ids.every(([before, after]) => after === Number(before) + 1)).toBe(true);
    expect(await names(db)).toHaveLength(201);
  });

  it('tells a duplicate, with its columns, from other failures', async () => {
    const { db } = opened();
    await db.run(insert, ['a']);
    const duplicate = await db.transaction((tx) => tx.run(insert, ['a'])).catch((error: unknown) => error);
    expect(duplicate).toBeInstanceOf(UniqueViolation);
    expect((duplicate as UniqueViolation).constraint).toContain('item.name');
    await expect(db.run('insert into item (id, name) select id, ? from item', ['b'])).rejects.toThrow(UniqueViolation);
    await expect(db.run('insert into item (name) values (?)', [null])).rejects.not.toThrow(UniqueViolation);
    await expect(db.run('insert into nowhere values (1)')).rejects.not.toThrow(UniqueViolation);
  });

  it('lets exactly one of many equal ones in', async () => {
    const { db } = opened();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, () => db.transaction((tx) => tx.run(insert, ['the one']))),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(15);
    expect(refused.every(({ reason }) => reason instanceof UniqueViolation)).toBe(true);
    expect(await names(db)).toEqual(['the one']);
  });

  it('keeps foreign keys', async () => {
    const { db } = opened();
    await expect(db.run('insert into item (name, owner) values (?, ?)', ['orphan', 4711])).rejects.toThrow(
      ForeignKeyViolation,
    );
    expect(await names(db)).toEqual([]);
  });

  it('tells what work made of a failed statement', async () => {
    const { db } = opened();
    await db.run(insert, ['a']);
    const translated = db.transaction(async (tx) => {
      await tx.run(insert, ['a']).catch((error: unknown) => {
        throw new Error('taken', { cause: error });
      });
    });
    await expect(translated).rejects.toThrow('taken');
    expect(await db.run(insert, ['b'])).toBe(1);
  });

  it('takes everything back after a failed statement, even when work goes on', async () => {
    const { db } = opened();
    await db.run(insert, ['a']);
    const stubborn = db.transaction(async (tx) => {
      await tx.run(insert, ['b']);
      await tx.run(insert, ['a']).catch(() => 0);
      await tx.run(insert, ['c']).catch(() => 0);
      return 'done';
    });
    await expect(stubborn).rejects.toThrow(UniqueViolation);
    expect(await names(db)).toEqual(['a']);
  });

  it('takes no statement once work has returned', async () => {
    const { db } = opened();
    const straggler = await db.transaction(async (tx) => ({ write: () => tx.run(insert, ['late']) }));
    await expect(straggler.write()).rejects.toThrow('over');
    expect(await names(db)).toEqual([]);
  });

  it('rejects when work throws at once', async () => {
    const { db } = opened();
    const thrown = db.transaction(() => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
    expect(await db.run(insert, ['a'])).toBe(1);
  });

  it('stays correct when work awaits something else', async () => {
    const { db } = opened();
    const slow = db.transaction(async (tx) => {
      await tx.run(insert, ['slow 1']);
      await delay(20);
      await tx.run(insert, ['slow 2']);
      throw new Error('after all not');
    });
    const others = Array.from({ length: 5 }, (_, index) => db.run(insert, [`quick ${index}`]));
    await expect(slow).rejects.toThrow('after all not');
    await Promise.all(others);
    expect(await names(db)).toEqual(['quick 0', 'quick 1', 'quick 2', 'quick 3', 'quick 4']);
  });

  it('finishes what waits when it is closed, and takes nothing more', async () => {
    const { db, url } = opened();
    const waiting = Promise.all([db.run(insert, ['a']), db.run(insert, ['b'])]);
    const closed = db.close();
    await expect(db.run(insert, ['c'])).rejects.toMatchObject({ code: 'shutting-down' });
    await waiting;
    await closed;
    await db.close();
    expect(await commitElsewhere(url, 'select name from item order by name')).toEqual([{ name: 'a' }, { name: 'b' }]);
  });
}

function isolationContract(open: OpenDatabase): void {
  const opened = itemDatabase(open);

  it('shows no reader a row before its commit, and its own session at once', async () => {
    const { db } = opened();
    const seen: unknown[] = [];
    await db.transaction(async (tx) => {
      await tx.run(insert, ['a']);
      await turn();
      seen.push(await names(db), await tx.all('select name from item'));
    });
    expect(seen).toEqual([[], [{ name: 'a' }]]);
    expect(await names(db)).toEqual(['a']);
  });

  it('shows no reader a row that is taken back', async () => {
    const { db } = opened();
    const seen = new Set<number>();
    const writing = Array.from({ length: 30 }, () =>
      db.transaction(async (tx) => {
        await tx.run(insert, ['never']);
        await turn();
        throw new Error('no');
      }),
    );
    const settled = Promise.allSettled(writing);
    for (let look = 0; look < 200; look++) {
      seen.add((await names(db)).length);
      await turn();
    }
    await settled;
    expect([...seen]).toEqual([0]);
  });
}

function stampContract(open: OpenDatabase): void {
  const opened = itemDatabase(open);

  it('stays while nothing commits, and differs after each commit of this process', async () => {
    const { db } = opened();
    const stamps = [db.stamp()];
    expect(db.stamp()).toBe(stamps[0]);
    for (const name of ['a', 'b', 'c']) {
      await db.run(insert, [name]);
      stamps.push(db.stamp());
      await names(db);
      expect(db.stamp()).toBe(stamps.at(-1));
    }
    if (stamps[0] !== null) expect(new Set(stamps).size).toBe(4);
  });

  it('stays when a transaction is taken back', async () => {
    const { db } = opened();
    const before = db.stamp();
    const refused = db.transaction(async (tx) => {
      await tx.run(insert, ['a']);
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(db.stamp()).toBe(before);
  });

  it('asked for, differs after each commit, of this process or another, and never comes back', async () => {
    const { db, url } = opened();
    const stamps = [await db.askStamp()];
    for (const name of ['a', 'b']) {
      await db.run(insert, [name]);
      stamps.push(await db.askStamp());
    }
    await commitElsewhere(url, `insert into item (name) values ('elsewhere')`);
    stamps.push(await db.askStamp());
    await db.run('delete from item');
    stamps.push(await db.askStamp());
    expect(stamps).not.toContain(null);
    expect(new Set(stamps).size).toBe(stamps.length);
  });

  it('asked for while others commit, is never of older rows than are read later', async () => {
    const { db } = opened();
    const seen = new Map<number | null, number>();
    const writing = Promise.all(Array.from({ length: 20 }, (_, index) => db.run(insert, [`item ${index}`])));
    for (let look = 0; look < 40; look++) {
      const stamp = await db.askStamp();
      const rows = (await names(db)).length;
      // As an answer under this stamp would be, if it were repeated for whoever asks and gets the same stamp.
      const least = seen.get(stamp) ?? 0;
      expect(rows).toBeGreaterThanOrEqual(least);
      seen.set(stamp, rows);
    }
    await writing;
  });

  it('differs after a commit of another process, whose rows are there', async () => {
    const { db, url } = opened();
    const before = db.stamp();
    await commitElsewhere(url, `insert into item (name) values ('elsewhere')`);
    if (before !== null) expect(db.stamp()).not.toBe(before);
    expect(await names(db)).toEqual(['elsewhere']);
  });
}
