/** Traces and the list of what is hidden on one database, as two processes keep them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trimTraces } from '../../src/catalog/answer-traces.ts';
import { clearHidden, listHidden, trimHidden } from '../../src/catalog/hidden-versions.ts';
import type { Database } from '../../src/database/database.ts';
import { HiddenLog, type Sighting } from '../../src/registry/hidden-log.ts';
import { Traces } from '../../src/registry/kept-traces.ts';
import { Trace } from '../../src/registry/trace.ts';
import { openFreshDatabase } from '../harness/engine.ts';

const hour = 3_600_000;
let database: Database;
let now = Date.UTC(2026, 0, 1);
let registryId: number;
let upstreamId: number;

beforeEach(async () => {
  database = await openFreshDatabase();
  await database.run(
    `insert into namespace (kind, path, full_path, full_path_key, name, visibility, lineage, created_at, updated_at)
     values ('group', 'a', 'a', 'a', 'a', 'private', '/1/', 0, 0)`,
  );
  const group = await database.get<{ id: number }>('select id from namespace');
  const insert = async (sql: string): Promise<number> =>
    (await database.get<{ id: number }>(sql, [group?.id ?? 0]))?.id ?? 0;
  registryId = await insert(
    "insert into virtual_registry (namespace_id, format, name, created_at, updated_at) values (?, 'npm', 'r', 0, 0) returning id",
  );
  upstreamId = await insert(
    `insert into upstream (namespace_id, format, name, cache_validity_hours, metadata_cache_validity_hours, created_at, updated_at)
     values (?, 'npm', 'up', 1, 1, 0, 0) returning id`,
  );
});
afterEach(() => database.close());

const process = (): Traces => new Traces({ database, secret: 'one secret for all', now: () => now });

function traceOf(checkedAt = 0, of: number | null = registryId): Trace {
  const trace = new Trace();
  trace.registryId = of;
  trace.note({ member: 'up', kind: 'remote', outcome: 'found', checkedAt, versions: 2 });
  return trace;
}

const count = async (): Promise<number | undefined> =>
  (await database.get<{ count: number }>('select count(*) as count from answer_trace'))?.count;

test('what one process answered, another can tell', async () => {
  const [one, other] = [process(), process()];
  const id = one.keep(traceOf(), 'left-pad');
  expect((await one.find(id))?.steps).toHaveLength(1);
  await one.flush();
  expect(await other.find(id)).toMatchObject({ asked: 'left-pad', registryId, steps: [{ member: 'up', versions: 2 }] });
  expect(await other.find('0'.repeat(16))).toBeNull();
});

test('one number a state: it is written once, by whoever is first', async () => {
  const [one, other] = [process(), process()];
  const ids = [one.keep(traceOf(), 'x'), one.keep(traceOf(), 'x'), other.keep(traceOf(), 'x')];
  expect(new Set(ids).size).toBe(1);
  await one.flush();
  await other.flush();
  expect(await count()).toBe(1);
  const others = [one.keep(traceOf(1), 'x'), one.keep(traceOf(), 'y'), one.keep(traceOf(0, null), 'x')];
  expect(new Set([...ids, ...others]).size).toBe(4);
});

test('nobody can make the number of a state up', async () => {
  const stranger = new Traces({ database, secret: 'another', now: () => now });
  expect(stranger.keep(traceOf(), 'x')).not.toBe(process().keep(traceOf(), 'x'));
});

test('one of a project has no registry, one of a registry that is gone is not kept', async () => {
  const traces = process();
  const [ofProject, ofNobody] = [traces.keep(traceOf(0, null), 'x'), traces.keep(traceOf(0, 9_999), 'x')];
  await traces.flush();
  expect((await process().find(ofProject))?.registryId).toBeNull();
  expect(await process().find(ofNobody)).toBeNull();
});

test('they are kept for a day, and not more than so many', async () => {
  const traces = process();
  const old = traces.keep(traceOf(1), 'x');
  await traces.flush();
  now += 25 * hour;
  const young = process();
  const ids = [young.keep(traceOf(2), 'x'), young.keep(traceOf(3), 'x')];
  await young.flush();
  expect(await young.find(old)).toBeNull();
  expect(await young.find(ids[0] ?? '')).not.toBeNull();
  now += 1;
  const newest = process();
  newest.keep(traceOf(4), 'x');
  await newest.flush();
  await database.transaction((tx) => trimTraces(tx, 0, 1));
  expect(await count()).toBe(1);
});

test('many new ones are trimmed before the hour is over', async () => {
  const traces = process();
  traces.keep(traceOf(), 'first');
  await traces.flush();
  await database.run('update answer_trace set seen_at = ?', [now - 25 * hour]);
  for (let index = 0; index < 10_000; index += 1) {
    traces.keep(traceOf(), `made-up-${index}`);
    if (index % 4_000 === 3_999) await traces.flush();
  }
  await traces.flush();
  expect(await count()).toBe(10_000);
});

const sighting = (versions: readonly string[], more: Partial<Sighting> = {}): Sighting => ({
  registryId,
  upstreamId,
  name: { key: 'lace', display: 'Lace', namespace: null },
  dryRun: true,
  state: versions.join(),
  hidden: versions.map((version) => ({ version, rule: 'release-age', reason: 'young' })),
  ...more,
});
const listed = async (filter: object = {}) =>
  (await listHidden(database, { registryId, ...filter }, { limit: 100, offset: 0 })).items;

test('what two processes see hidden is counted together', async () => {
  const [one, other] = [new HiddenLog(database, () => now), new HiddenLog(database, () => now)];
  one.note(sighting(['1.0.0', '1.1.0']));
  one.note(sighting(['1.0.0', '1.1.0']));
  other.note(sighting(['1.0.0']));
  await Promise.all([one.flush(), other.flush()]);
  const rows = (await listed()).map(({ version, times, upstreamName }) => `${version} ${times} ${upstreamName}`);
  expect(rows.toSorted()).toEqual(['1.0.0 3 up', '1.1.0 2 up']);
});

test('what is seen again and again is written down now and then', async () => {
  const log = new HiddenLog(database, () => now);
  log.note(sighting(['1.0.0']));
  await log.flush();
  log.note(sighting(['1.0.0'], { dryRun: true }));
  await log.flush();
  expect((await listed())[0]?.times).toBe(1);
  now += hour;
  await log.flush();
  expect((await listed())[0]?.times).toBe(2);
  log.note(sighting(['1.0.0'], { dryRun: false }));
  await log.flush();
  expect(await listed()).toMatchObject([{ times: 3, dryRun: false }]);
});

test('what waits to be written is no more than is written', async () => {
  const log = new HiddenLog(database, () => now);
  const hidden = Array.from({ length: 5_000 }, (_, index) => ({
    version: `1.0.${index}`,
    rule: 'freeze' as const,
    reason: 'late',
  }));
  log.note(sighting([], { hidden, state: 's' }));
  // The whole list must be free to go.
  hidden.length = 0;
  await log.flush();
  expect(await listed()).toHaveLength(100);
});

test('of one answer a hundred versions, of a registry so many', async () => {
  const log = new HiddenLog(database, () => now);
  log.note(sighting(Array.from({ length: 150 }, (_, index) => `1.0.${index}`)));
  await log.flush();
  const versions = (await listed()).map(({ version }) => version);
  expect(versions).toHaveLength(100);
  expect(versions).not.toContain('1.0.49');
  now += 1;
  log.note(sighting(['2.0.0']));
  await log.flush();
  await database.transaction((tx) => trimHidden(tx, registryId, 1));
  expect((await listed()).map(({ version }) => version)).toEqual(['2.0.0']);
});

test('the list is narrowed, and emptied; registries that are gone have none', async () => {
  const log = new HiddenLog(database, () => now);
  log.note(sighting(['1.0.0']));
  log.note(sighting([], { hidden: [{ version: null, rule: 'deny', reason: 'r' }], state: 'f', dryRun: false }));
  log.note(sighting(['1.0.0'], { registryId: 9_999 }));
  await log.flush({ all: true });
  expect(await listed({ rule: 'deny' })).toMatchObject([{ version: '', dryRun: false }]);
  expect(await listed({ dryRun: true })).toHaveLength(1);
  expect(await listed({ search: 'LACE' })).toHaveLength(2);
  expect(await listed({ search: 'rope' })).toEqual([]);
  await database.transaction((tx) => clearHidden(tx, registryId));
  expect(await listed()).toEqual([]);
});
