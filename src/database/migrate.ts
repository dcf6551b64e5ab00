import { createHash } from 'node:crypto';
import { Problem } from '../problems/problem.ts';
import type { Database, Dialect, Transaction } from './database.ts';
import { takeLock } from './locks.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * Brings the schema up to date, one transaction a migration, and returns the ids applied now. Safe to run from several
 * processes at once: one applies, the others wait and find it done. Rejects, having changed nothing, when the database
 * was written by a newer Packyard or when an applied migration differs from ours.
 */
export async function migrate(
  database: Database,
  known: readonly Migration[] = migrations,
): Promise<readonly string[]> {
  const steps = known.map((migration) => plan(migration, database.dialect));
  await createHistory(database);
  const history = await database.all<Applied>('select id, checksum from schema_migration order by id');
  refuseUnknown(history, steps);
  for (const step of steps)
    refuseChanged(
      step,
      history.find(({ id }) => id === step.id),
    );

  const appliedNow: string[] = [];
  for (const step of steps) {
    if (history.some(({ id }) => id === step.id)) continue;
    if (await database.transaction((tx) => applyOnce(tx, step), { patient: true })) appliedNow.push(step.id);
  }
  return appliedNow;
}

/** Whether any migration has been applied. */
export async function hasSchema(database: Database): Promise<boolean> {
  try {
    return (await database.get('select id from schema_migration limit 1')) !== undefined;
  } catch (error) {
    if (error instanceof Problem) throw error;
    return false;
  }
}

interface Applied {
  readonly id: string;
  readonly checksum: string;
}

interface Step extends Applied {
  readonly statements: readonly string[];
}

function plan({ id, statements }: Migration, dialect: Dialect): Step {
  const texts = statements(dialect);
  return { id, statements: texts, checksum: createHash('sha256').update(JSON.stringify(texts)).digest('hex') };
}

async function createHistory(database: Database): Promise<void> {
  const { text, bigint } = database.dialect;
  await database.transaction(
    async (tx) => {
      // Two at once would both find no table: PostgreSQL lets the second fail, in spite of `if not exists`.
      await takeLock(tx, 'migrations');
      await tx.run(`create table if not exists schema_migration (
    id ${text} primary key,
    checksum ${text} not null,
    applied_at ${bigint} not null
  )`);
    },
    { patient: true },
  );
}

function refuseUnknown(history: readonly Applied[], steps: readonly Step[]): void {
  const unknown = history.find(({ id }) => !steps.some((step) => step.id === id));
  if (unknown === undefined) return;
  const newest = steps.at(-1)?.id ?? '';
  if (unknown.id > newest) {
    throw new Error(
      `This database was written by a newer Packyard: it has the migration ${unknown.id}, this version ends at ` +
        `${newest}. Start the newer version, or restore the backup made before the upgrade.`,
    );
  }
  throw new Error(`This database has the migration ${unknown.id}, which no version of Packyard has.`);
}

function refuseChanged(step: Step, applied: Applied | undefined): void {
  if (applied === undefined || applied.checksum === step.checksum) return;
  throw new Error(
    `The migration ${step.id} differs from the one that made this database. Start the Packyard version that made it, ` +
      'or a released one.',
  );
}

/** False when another process applied it while this one waited for the lock. */
async function applyOnce(tx: Transaction, step: Step): Promise<boolean> {
  await takeLock(tx, 'migrations');
  const applied = await tx.get<Applied>('select id, checksum from schema_migration where id = ?', [step.id]);
  refuseChanged(step, applied);
  if (applied !== undefined) return false;
  for (const statement of step.statements) await tx.run(statement);
  await tx.run('insert into schema_migration (id, checksum, applied_at) values (?, ?, ?)', [
    step.id,
    step.checksum,
    Date.now(),
  ]);
  return true;
}
