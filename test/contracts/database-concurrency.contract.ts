/** What transactions that run at the same time may rely on. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Transaction } from '../../src/database/database.ts';
import { takeLock } from '../../src/database/locks.ts';
import type { OpenDatabase, OpenedDatabase } from './database.contract.ts';

export function concurrencyContract(open: OpenDatabase): void {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await open();
    await opened.db.run('create table counter (name text primary key, value integer not null)');
    for (const name of ['a', 'b']) await opened.db.run('insert into counter values (?, 0)', [name]);
  });
  afterEach(() => opened.cleanup());

  const valueOf = async (name: string): Promise<unknown> =>
    (await opened.db.get('select value from counter where name = ?', [name]))?.['value'];

  /** Reads, gives others the time to come between, and writes what follows from the reading. */
  async function addOne(tx: Transaction, name: string, forUpdate = ''): Promise<void> {
    const row = await tx.get<{ value: number }>(`select value from counter where name = ? ${forUpdate}`, [name]);
    await turn();
    await tx.run('update counter set value = ? where name = ?', [(row?.value ?? 0) + 1, name]);
  }

  it('keeps what was read for update as it was until the end', async () => {
    const { db } = opened;
    const { forUpdate } = db.dialect;
    await Promise.all(Array.from({ length: 40 }, () => db.transaction((tx) => addOne(tx, 'a', forUpdate))));
    expect(await valueOf('a')).toBe(40);
  });

  it('lets those who take the same lock come one after another', async () => {
    const { db } = opened;
    await Promise.all(
      Array.from({ length: 40 }, () =>
        db.transaction(async (tx) => {
          await takeLock(tx, 'places');
          await addOne(tx, 'a');
        }),
      ),
    );
    expect(await valueOf('a')).toBe(40);
  });

  it('shows one who waited for a lock what was committed under it', async () => {
    const { db } = opened;
    const seen = await Promise.all(
      Array.from({ length: 10 }, () =>
        db.transaction(async (tx) => {
          await takeLock(tx, 'places', 'exclusive');
          await tx.run('update counter set value = value + 1 where name = ?', ['a']);
          return (await tx.get('select value from counter where name = ?', ['a']))?.['value'];
        }),
      ),
    );
    expect(seen.map(Number).sort((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('carries out both of two that wait for each other', async () => {
    const { db } = opened;
    const swap = (first: string, second: string): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.run('update counter set value = value + 1 where name = ?', [first]);
        await turn();
        await tx.run('update counter set value = value + 1 where name = ?', [second]);
      });
    await Promise.all(Array.from({ length: 4 }, (_, index) => (index % 2 === 0 ? swap('a', 'b') : swap('b', 'a'))));
    expect([await valueOf('a'), await valueOf('b')]).toEqual([4, 4]);
  });

  it('shows each statement what others have committed by then, or nothing of it in the whole transaction', async () => {
    const { db } = opened;
    const before = await db.transaction(async (tx) => {
      const values: unknown[] = [];
      const committing = db.run('update counter set value = 7 where name = ?', ['b']);
      await turn();
      values.push((await tx.get('select value from counter where name = ?', ['b']))?.['value']);
      return { values, committing };
    });
    await before.committing;
    expect([0, 7]).toContain(before.values[0]);
    expect(await valueOf('b')).toBe(7);
  });
}
