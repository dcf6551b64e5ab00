/**
 * The exact SQL of both engines, side by side, in `sql-snapshot.txt`: a scene is played on the engine under test, and
 * everything the stores said is compared. After a change, run this with `UPDATE_SQL=1`; where only PostgreSQL's words
 * change (locks), run it with `PACKYARD_TEST_ENGINE=postgres` too.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type * as connect from '../../src/database/connect.ts';
import { postgresDialect } from '../../src/database/dialects/postgres.ts';
import { sqliteDialect } from '../../src/database/dialects/sqlite.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import { statement } from '../architecture/sql.ts';
import { isTest, sourcesBelow, walk } from '../architecture/source.ts';
import { engine } from '../harness/engine.ts';
import { startServer } from '../harness/server.ts';
import { playCache } from './sql-cache-scene.ts';
import { playFiles } from './sql-files-scene.ts';
import { playJobs } from './sql-jobs-scene.ts';
import { playNames } from './sql-names-scene.ts';
import { parsePairs, renderPairs, renewed, sentTo } from './sql-pairs.ts';
import { playScene } from './sql-scene.ts';
import { playUpstreams } from './sql-virtual-scene.ts';
import { SqlRecorder } from './sql-recorder.ts';

const recorder = vi.hoisted(() => ({ current: null as SqlRecorder | null }));

vi.mock('../../src/database/connect.ts', async (importOriginal) => {
  const original = await importOriginal<typeof connect>();
  const openDatabase: typeof original.openDatabase = async (...args) => {
    const database = await original.openDatabase(...args);
    return recorder.current?.watch(database) ?? database;
  };
  return { ...original, openDatabase };
});

let texts: readonly string[];

beforeAll(async () => {
  const noting = new SqlRecorder();
  recorder.current = noting;
  noting.on = true;
  const server = await startServer({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  const { database } = noting;
  if (database === null) throw new Error('the server opened no database');
  await playScene(server, async () => {
    await playJobs(database, server.data);
    await playFiles(database);
    await playUpstreams(server, database);
    await playNames(server, database);
    await playCache(server, database);
  });
  await server.stop();
  // The schema has files of its own.
  texts = [...noting.texts].filter((text) => !isOfSchema(text)).sort();
});
afterAll(() => {
  recorder.current = null;
});

function isOfSchema(text: string): boolean {
  if (/^create |schema_migration/.test(text)) return true;
  const dialect = engine === 'sqlite' ? sqliteDialect : postgresDialect;
  return migrations.some(({ statements }) =>
    statements(dialect).some((each) => each.replace(/\s+/g, ' ').trim() === text),
  );
}

const file = new URL('sql-snapshot.txt', import.meta.url);

test('what the stores say to the database is what is written down', () => {
  if (process.env['UPDATE_SQL'] === '1') {
    const before = existsSync(file) ? parsePairs(readFileSync(file, 'utf8')) : new Map();
    writeFileSync(file, renderPairs(renewed(before, engine, texts)));
  }
  const written = [...parsePairs(readFileSync(file, 'utf8')).values()].flatMap((pair) => pair[engine] ?? []);
  expect(texts.map((text) => sentTo(engine, text)).sort()).toEqual(written.sort());
});

test('the scene leaves no statement of the sources out', () => {
  // SQLite has nothing to lock.
  const onlyPostgres = 'src/catalog/row-locks.ts: select sha256 from blob where sha256 = ? …';
  expect(unsaid().filter((each) => engine === 'postgres' || each !== onlyPostgres)).toEqual([]);
});

function unsaid(): string[] {
  const found: string[] = [];
  for (const { path, program } of sourcesBelow('src')) {
    if (isTest(path) || !/^src\/catalog\/|\.store\.ts$/.test(path)) continue;
    walk(program, (node) => {
      const parts =
        node.type === 'Literal' && typeof node.value === 'string'
          ? [node.value]
          : node.type === 'TemplateLiteral'
            ? node.quasis.map((quasi) => quasi.value.cooked ?? '')
            : [];
      if (!statement.test(parts.join('x'))) return;
      const pattern = new RegExp(`^${parts.map((part) => escaped(part.replace(/\s+/g, ' '))).join('[^]*')}$`);
      if (!texts.some((text) => pattern.test(text) || pattern.test(`${text} `)))
        found.push(`${path}: ${parts.join('…')}`);
    });
  }
  return found;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

test.each([sqliteDialect, postgresDialect])('the schema of $id', async (dialect) => {
  const schema = migrations.map(({ id, statements }) => `-- ${id}\n\n${statements(dialect).join(';\n')};\n`).join('\n');
  await expect(schema).toMatchFileSnapshot(`schema.${dialect.id}.sql`);
});
