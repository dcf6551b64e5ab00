/** A PostgreSQL server that goes away, hangs, or refuses, and comes back: without a restart of ours, and nothing lost. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { Migration } from '../../src/database/migrations/migration.ts';
import { openPostgres } from '../../src/database/postgres.ts';
import { engine } from '../harness/engine.ts';
import { type Cluster, executeAt, startCluster } from '../harness/postgres.ts';
import { expectUnavailable, expectWhole, pairTable, startLoad } from './postgres-load.ts';

const limits = { poolSize: 6, connectLimit: 1_000, statementLimit: 2_000, lockLimit: 500, idleLimit: 700 };

describe.skipIf(engine !== 'postgres')('PostgreSQL', () => {
  let cluster: Cluster;
  let url: string;
  let db: Database;

  beforeAll(async () => {
    cluster = await startCluster({ max_connections: '20', superuser_reserved_connections: '3' });
    await cluster.startServer();
  });
  afterAll(() => cluster.close());
  beforeEach(async () => {
    url = await cluster.createDatabase();
    db = await openPostgres(url, limits);
    await db.run(pairTable);
  });
  afterEach(() => db.close());

  const refused = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => {
        expectUnavailable(error);
        return error;
      },
    );

  describe('under load', () => {
    it('crashes and starts again: refusals only meanwhile and a moment after, nothing acknowledged lost', async () => {
      const load = startLoad(db);
      await load.more(50);
      await cluster.restart('immediate');
      const back = performance.now();
      await load.more(50);
      await delay(300);
      await load.stop();
      expect(load.refusals.length).toBeGreaterThan(0);
      expect(Math.max(...load.refusals.map(({ at }) => at)) - back).toBeLessThan(5_000);
      await expectWhole(db, load);
    });

    it('hangs: nobody waits without end, and all goes on afterwards', async () => {
      const load = startLoad(db);
      await load.more(50);
      await cluster.signal('SIGSTOP');
      await delay(3_500);
      await cluster.signal('SIGCONT');
      await load.more(50);
      await load.stop();
      expect(load.refusals.length).toBeGreaterThan(0);
      expect(load.slowest()).toBeLessThan(limits.statementLimit + 5_000 + 2 * limits.connectLimit + 1_000);
      await expectWhole(db, load);
    });

    it('loses single connections: reads are repeated, writes are acknowledged or refused', async () => {
      const load = startLoad(db);
      for (let kill = 0; kill < 20; kill++) {
        await load.more(5);
        await cluster.execute(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = '${new URL(url).pathname.slice(1)}' order by random() limit 1`,
        );
      }
      await load.more(20);
      await load.stop();
      expect(load.refusals.filter(({ by }) => by === 'read')).toEqual([]);
      expect(load.refusals.length).toBeLessThanOrEqual(20);
      await expectWhole(db, load);
    });
  });

  it('is down: refused at once, also by who waits, and closing works', async () => {
    await cluster.stopServer('fast');
    try {
      const begun = performance.now();
      await Promise.all([
        refused(db.get('select 1 as one')),
        refused(db.run(`insert into pair values ('a', 1)`)),
        refused(db.transaction((tx) => tx.get('select 1 as one'))),
      ]);
      expect(performance.now() - begun).toBeLessThan(2 * limits.connectLimit);
    } finally {
      await cluster.startServer();
    }
    expect(await db.get('select 1 as one')).toEqual({ one: 1 });
  });

  it('hangs: closing does not wait for it', async () => {
    const other = await openPostgres(url, limits);
    await cluster.signal('SIGSTOP');
    try {
      const begun = performance.now();
      await other.close();
      expect(performance.now() - begun).toBeLessThan(limits.connectLimit + 2_000);
    } finally {
      await cluster.signal('SIGCONT');
    }
  });

  it('has no connection left: refused, and fine when there is', async () => {
    const others = await Promise.allSettled(
      Array.from({ length: 30 }, () => executeAt(url, 'select pg_sleep(1.5)')).concat(
        delay(300).then(async () => {
          await refused(Promise.all(Array.from({ length: 6 }, () => db.get('select pg_sleep(0.2), 1 as one'))));
          return [];
        }),
      ),
    );
    expect(others.at(-1)).toMatchObject({ status: 'fulfilled' });
    expect(await db.get('select 1 as one')).toEqual({ one: 1 });
  });

  it('is a standby: refused until it is promoted', async () => {
    await cluster.stopServer('fast');
    await writeFile(join(cluster.data, 'standby.signal'), '');
    await cluster.startServer();
    try {
      await refused(db.get('select 1 as one'));
      await expect(openPostgres(url, limits)).rejects.toThrow('cannot be opened: The server is a standby.');
    } finally {
      await cluster.execute('select pg_promote()');
      await rm(join(cluster.data, 'standby.signal'), { force: true });
    }
    expect(await db.run(`insert into pair values ('a', 1)`)).toBe(1);
  });

  it('can only be read for a while: writing is refused', async () => {
    const name = new URL(url).pathname.slice(1);
    const readOnly = (value: 'on' | 'off') =>
      cluster.execute(`alter database ${name} set default_transaction_read_only = ${value}`);
    await readOnly('on');
    // Settings of a database are for new connections.
    const other = await openPostgres(url, limits);
    expect(await other.get('select 1 as one')).toEqual({ one: 1 });
    await refused(other.run(`insert into pair values ('a', 1)`));
    await readOnly('off');
    expect(await other.run(`insert into pair values ('a', 1)`)).toBe(1);
    await other.close();
  });

  it('is locked by somebody else: refused after a while', async () => {
    const locking = executeAt(url, `begin; lock table pair; select pg_sleep(2); commit`);
    await delay(300);
    await refused(db.run(`insert into pair values ('a', 1)`));
    await locking;
    expect(await db.run(`insert into pair values ('a', 1)`)).toBe(1);
  });

  it('is read by somebody for long: a migration waits for its turn, and nobody behind it', async () => {
    const reading = executeAt(url, 'begin; select count(*) from pair; select pg_sleep(6); commit');
    await delay(300);
    const add: Migration = { id: '0001-add', statements: () => ['alter table pair add column added text'] };
    const migrating = migrate(db, [add]);
    let reads = 0;
    let slowest = 0;
    const done = migrating.then(() => true);
    while (!(await Promise.race([done, delay(100, false)]))) {
      const begun = performance.now();
      await db.get('select count(*) as count from pair').then(() => (reads += 1), expectUnavailable);
      slowest = Math.max(slowest, performance.now() - begun);
    }
    await reading;
    expect(await migrating).toEqual(['0001-add']);
    expect(reads).toBeGreaterThan(3);
    expect(slowest).toBeLessThan(limits.statementLimit + 1_000);
  });

  it('takes too long: the statement is ended', async () => {
    const begun = performance.now();
    await refused(db.get('select pg_sleep(20)'));
    expect(performance.now() - begun).toBeLessThan(limits.statementLimit + 2_000);
  });

  it('gives up a transaction that stands still, and whoever made it so hears of it', async () => {
    const still = db.transaction(async (tx) => {
      await tx.run(`insert into pair values ('still', 1)`);
      await new Promise(() => undefined);
    });
    await refused(still);
    expect(await db.all('select name from pair')).toEqual([]);
  });
});
