import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { sqliteDialect } from '../../src/database/dialects/sqlite.ts';
import type { Migration } from '../../src/database/migrations/migration.ts';
import { foreignKeys, refusing, undecidedKeys } from './foreign-keys.ts';
import { root } from './source.ts';

/** Each numbered file of the folder exports one migration. */
async function statements(): Promise<string[]> {
  const folder = path.join(root, 'src/database/migrations');
  const files = readdirSync(folder).filter((file) => /^\d{4}-.*(?<!\.test)\.ts$/.test(file));
  const modules = await Promise.all(
    files.map(async (file) => (await import(pathToFileURL(path.join(folder, file)).href)) as Record<string, Migration>),
  );
  return modules
    .flatMap((module) => Object.values(module))
    .flatMap((migration) => [...migration.statements(sqliteDialect)]);
}

test('every reference says what happens when its row goes', async () => {
  const keys = foreignKeys(await statements());
  expect(keys.length).toBeGreaterThan(20);
  expect(undecidedKeys(keys)).toEqual([]);
});

test('every exception still names a reference without an action', async () => {
  const undecided = foreignKeys(await statements()).filter(({ onDelete }) => onDelete === null);
  for (const { column } of refusing) expect(undecided.map((key) => key.column)).toContain(column);
});

test('references are found in every spelling', () => {
  const found = foreignKeys([
    'create table a (\n  id integer primary key,\n  b_id bigint not null references b (id) on delete cascade,\n  c text)',
    'CREATE TABLE IF NOT EXISTS d (x text references e (y, z), foreign key (p, q) references r (p, q) on delete set null)',
    'alter table s add column t_id bigint references t (id)',
    'create index b_a on a (b_id)',
  ]);
  expect(found).toEqual([
    { column: 'a.b_id', onDelete: 'cascade' },
    { column: 'd.x', onDelete: null },
    { column: 'd.p', onDelete: 'set null' },
    { column: 's.t_id', onDelete: null },
  ]);
  expect(undecidedKeys(found, [{ column: 's.t_id', reason: 'a test' }])).toEqual([
    "d.x doesn't say what happens on delete",
  ]);
});
