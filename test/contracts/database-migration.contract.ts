import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import type { Migration } from '../../src/database/migrations/migration.ts';
import type { OpenDatabase, OpenedDatabase } from './database.contract.ts';
import { release, startProcess, untilLines } from './database-process.ts';

const one: Migration = { id: '0001-one', statements: ({ identity }) => [`create table one (id ${identity})`] };
const two: Migration = {
  id: '0002-two',
  statements: () => ['create table two (id integer)', 'insert into two values (2)'],
};
const otherOne: Migration = { id: '0001-one', statements: () => ['create table one (id integer, more text)'] };
const broken: Migration = {
  id: '0002-two',
  statements: () => ['create table two (id integer)', 'insert into nowhere values (1)'],
};

export function migrationContract(open: OpenDatabase): void {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.cleanup());

  const history = async (): Promise<unknown[]> =>
    (await opened.db.all('select id from schema_migration order by id')).map((row) => row['id']);

  it('makes the whole schema once', async () => {
    const ids = migrations.map(({ id }) => id);
    expect(await migrate(opened.db)).toEqual(ids);
    expect(await migrate(opened.db)).toEqual([]);
    expect(await history()).toEqual(ids);
    expect(await opened.db.all('select * from package')).toEqual([]);
  });

  it('has ids that are sorted and unique', () => {
    const ids = migrations.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('applies only what is missing', async () => {
    expect(await migrate(opened.db, [one])).toEqual(['0001-one']);
    expect(await migrate(opened.db, [one, two])).toEqual(['0002-two']);
    expect(await opened.db.all('select id from two')).toEqual([{ id: 2 }]);
  });

  it('applies once when two in this process and two other processes start at the same time', async () => {
    const others = [startProcess('migrate', opened.url), startProcess('migrate', opened.url)];
    await Promise.all(others.map((other) => untilLines(other, 1)));
    others.forEach(release);
    const here = await Promise.all([migrate(opened.db), migrate(opened.db)]);
    expect(await Promise.all(others.map((other) => other.ended))).toEqual([0, 0]);
    const there = others.map((other) => JSON.parse(other.lines()[1] ?? '') as string[]);
    expect([...here, ...there].flat().toSorted()).toEqual(migrations.map(({ id }) => id));
  });

  it('takes a migration back that fails, and keeps those before it', async () => {
    await expect(migrate(opened.db, [one, broken])).rejects.toThrow('nowhere');
    expect(await history()).toEqual(['0001-one']);
    expect(await migrate(opened.db, [one, two])).toEqual(['0002-two']);
  });

  it('refuses when an applied migration was changed, and changes nothing', async () => {
    await migrate(opened.db, [one]);
    await expect(migrate(opened.db, [otherOne, two])).rejects.toThrow('0001-one differs');
    expect(await history()).toEqual(['0001-one']);
  });

  it('refuses a database of a newer version, and changes nothing', async () => {
    await migrate(opened.db, [one, two]);
    await expect(migrate(opened.db, [one])).rejects.toThrow('written by a newer Packyard');
    expect(await history()).toEqual(['0001-one', '0002-two']);
  });

  it('refuses a migration that no version has', async () => {
    await migrate(opened.db, [one, two]);
    await expect(migrate(opened.db, [two])).rejects.toThrow('0001-one');
  });
}
