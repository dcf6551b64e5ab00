/** What only PostgreSQL has. The contract suite and `test/contracts/postgres-outage.test.ts` test the rest. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engine, freshDatabase, type FreshDatabase } from '../../test/harness/engine.ts';
import { executeAt } from '../../test/harness/postgres.ts';
import type { Database } from './database.ts';
import { openPostgres } from './postgres.ts';

describe.skipIf(engine !== 'postgres')('PostgreSQL', () => {
  let fresh: FreshDatabase;
  let db: Database;
  beforeAll(async () => {
    fresh = await freshDatabase('nothing');
    await executeAt(fresh.url, 'create table item (name text primary key)');
  });
  afterAll(() => fresh.drop());
  beforeEach(async () => {
    db = await openPostgres(fresh.url, { poolSize: 3 });
  });
  afterEach(async () => {
    await db.run('delete from item');
    await db.close();
  });

  const insert = 'insert into item (name) values (?)';
  /** Fails as the server would. */
  const raise = (state: string): string =>
    `do $$ begin raise exception 'on purpose' using errcode = '${state}'; end $$`;

  test.each([
    ['53100', { code: 'storage-full', status: 507 }],
    ['53300', { code: 'storage-unavailable', status: 503 }],
    ['53200', { code: 'storage-unavailable' }],
    ['57014', { code: 'storage-unavailable', headers: { 'retry-after': '5' } }],
    ['57P01', { code: 'storage-unavailable' }],
    ['55P03', { code: 'storage-unavailable', headers: { 'retry-after': '1' } }],
    ['58030', { code: 'storage-unavailable' }],
    ['XX001', { code: 'storage-unavailable' }],
    ['25006', { code: 'storage-unavailable' }],
    ['54000', { code: 'invalid-parameter' }],
    ['23503', { name: 'ForeignKeyViolation' }],
    ['23505', { name: 'UniqueViolation' }],
    ['42P01', { name: 'error', code: '42P01' }],
  ])('%s is told as what it means', async (state, told) => {
    await expect(db.run(raise(state))).rejects.toMatchObject(told);
    await expect(db.transaction((tx) => tx.run(raise(state)))).rejects.toMatchObject(told);
    expect(await db.get('select 1 as one')).toEqual({ one: 1 });
  });

  test.each(['40001', '40P01'])('%s: the work is done again', async (state) => {
    let attempts = 0;
    const done = await db.transaction(async (tx) => {
      attempts += 1;
      await tx.run(insert, [`attempt ${attempts}`]);
      // Whatever the work makes of it.
      if (attempts < 4) await tx.run(raise(state)).catch(() => Promise.reject(new Error('hidden')));
      return attempts;
    });
    expect(done).toBe(4);
    expect(await db.all('select name from item')).toEqual([{ name: 'attempt 4' }]);
  });

  test('there is an end to doing it again', async () => {
    let attempts = 0;
    const work = db.transaction(async (tx) => {
      attempts += 1;
      await tx.run(raise('40001'));
    });
    await expect(work).rejects.toMatchObject({ code: 'storage-unavailable', headers: { 'retry-after': '1' } });
    expect(attempts).toBe(9);
  });

  test('a commit without an answer is neither a success nor done again', async () => {
    const cut = await cuttingProxy(fresh.url, 'commit\0');
    const through = await openPostgres(cut.url, { poolSize: 2 });
    let attempts = 0;
    const work = through.transaction(async (tx) => {
      attempts += 1;
      await tx.run(insert, ['perhaps']);
    });
    await expect(work).rejects.toMatchObject({ code: 'storage-unavailable', reason: expect.stringContaining('Look') });
    expect(attempts).toBe(1);
    await through.close();
    cut.server.close();
    expect(await db.all('select name from item')).toEqual([{ name: 'perhaps' }]);
  });

  test('a single writing statement without an answer is not sent again, one that reads is', async () => {
    const cut = await cuttingProxy(fresh.url, 'insert into item');
    const through = await openPostgres(cut.url, { poolSize: 2 });
    await expect(through.run(insert, ['perhaps'])).rejects.toMatchObject({ code: 'storage-unavailable' });
    await through.close();
    cut.server.close();
    expect(await db.all('select name from item')).toEqual([{ name: 'perhaps' }]);

    const cutOnce = await cuttingProxy(fresh.url, 'select name');
    const reader = await openPostgres(cutOnce.url, { poolSize: 2 });
    expect(await reader.all('select name from item')).toEqual([{ name: 'perhaps' }]);
    expect(cutOnce.cuts()).toBe(1);
    await reader.close();
    cutOnce.server.close();
  });

  test('sessions are set up for us, and say who they are', async () => {
    await executeAt(fresh.url, `alter database ${new URL(fresh.url).pathname.slice(1)} set synchronous_commit = off`);
    const own = await openPostgres(fresh.url, { statementLimit: 1234, lockLimit: 567, idleLimit: 890 });
    const facts = await own.get(
      `select ${[
        'statement_timeout',
        'lock_timeout',
        'idle_in_transaction_session_timeout',
        'synchronous_commit',
        'application_name',
        'transaction_isolation',
      ]
        .map((name) => `current_setting('${name}') as ${name}`)
        .join(', ')}`,
    );
    await own.close();
    expect(facts).toEqual({
      statement_timeout: '1234ms',
      lock_timeout: '567ms',
      idle_in_transaction_session_timeout: '890ms',
      synchronous_commit: 'on',
      application_name: 'packyard',
      transaction_isolation: 'read committed',
    });
  });

  test('statements that come back are prepared', async () => {
    const prepared = await db.transaction(async (tx) => {
      for (let time = 0; time < 4; time++) await tx.get('select name from item where name = ?', ['a']);
      return tx.all('select statement from pg_prepared_statements');
    });
    expect(prepared).toEqual([{ statement: 'select name from item where name = $1' }]);
  });

  test('a database of another encoding is refused', async () => {
    const name = `ascii_${process.pid}`;
    await executeAt(fresh.url, `create database ${name} template template0 encoding 'SQL_ASCII' locale 'C'`);
    const url = new URL(fresh.url);
    url.pathname = `/${name}`;
    await expect(openPostgres(url.href)).rejects.toThrow('has the encoding SQL_ASCII');
    await executeAt(fresh.url, `drop database ${name}`);
  });

  test.each([
    ['/nowhere', 'database "nowhere" does not exist'],
    [null, 'role "hermit" does not exist'],
  ])('the administrator is told what is wrong, without the password', async (pathname, reason) => {
    const url = new URL(fresh.url);
    if (pathname === null) url.username = 'hermit';
    else url.pathname = pathname;
    url.password = 'hunter2';
    const error = await openPostgres(url.href).catch((caught: unknown) => caught);
    expect(String(error)).toContain(reason);
    expect(String(error)).not.toContain('hunter2');
  });
});

/** Forwards everything, but breaks a connection once its client has sent `word`, before the answer: once. */
async function cuttingProxy(to: string, word: string): Promise<{ url: string; server: Server; cuts(): number }> {
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(to).port), '127.0.0.1');
    let cut = false;
    upstream.on('data', (chunk) => {
      if (!cut) client.write(chunk);
    });
    client.on('data', (chunk) => {
      if (cuts === 0 && chunk.includes(word)) {
        cuts += 1;
        cut = true;
        // Time enough for the server to carry it out.
        setTimeout(() => client.destroy(), 200);
      }
      upstream.write(chunk);
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
    client.on('error', () => undefined);
    upstream.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(to);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, server, cuts: () => cuts };
}
