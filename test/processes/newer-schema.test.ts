import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/connect.ts';
import { npmPackage } from '../harness/packages.ts';
import { npmWire } from '../wire/npm-wire.ts';
import { expectKept } from './ledger-check.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { startLoad } from './load.ts';
import { startProgram } from './program.ts';

/** An upgrade without a break: a newer version has added to the schema, and servers of this one still run. */
let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet(1, { PACKYARD_LOG_LEVEL: 'warn' });
  return () => fleet.stop();
});

test('a running server goes on under load while the schema grows; an old one cannot be started any more', async () => {
  const registry = `${fleet.server(0).url}/api/v4/projects/1/packages/npm/`;
  const load = startLoad({
    registry,
    token: fleet.rootToken,
    packages: ['grows-a', 'grows-b'],
    readers: 2,
    mayBreak: false,
  });
  await load.more(10);
  await growSchema();
  await load.more(20);
  const ledger = await load.stop();
  expect(ledger.failures).toEqual([]);
  const npm = npmWire(registry, fleet.rootToken);
  await expectKept(npm, ledger);
  expect((await npm.put(await npmPackage({ name: 'first-of-its-name' }))).status).toBe(201);

  const old = startProgram(await fleet.storage.dataOf(1), fleet.storage.env);
  expect(await old.ended).toBe(1);
  expect(old.err()).toContain('written by a newer Packyard');
});

/** What a migration of a later version may do: add, with a default or without. */
async function growSchema(): Promise<void> {
  const database = await openDatabase(fleet.storage.databaseUrl);
  try {
    await database.transaction(
      async (tx) => {
        for (const table of ['package', 'version', 'file', 'token', 'account', 'project']) {
          await tx.run(`alter table ${table} add column later ${database.dialect.bigint}`);
        }
        await tx.run(`create table later (id ${database.dialect.identity}, note text not null default 'none')`);
        await tx.run('insert into schema_migration (id, checksum, applied_at) values (?, ?, ?)', ['9999-later', '', 0]);
      },
      { patient: true },
    );
  } finally {
    await database.close();
  }
}
