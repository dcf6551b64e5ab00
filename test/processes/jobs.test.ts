import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/connect.ts';
import type { Database } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { enqueue } from '../../src/jobs/queue.store.ts';
import { sharedStorage, type SharedStorage } from './storage.ts';

const program = fileURLToPath(new URL('jobs.child.ts', import.meta.url));

let storage: SharedStorage;
let database: Database;
let children: ChildProcess[];

beforeEach(async () => {
  storage = await sharedStorage();
  database = await openDatabase(storage.databaseUrl);
  await migrate(database);
  children = [];
});

afterEach(async () => {
  for (const child of children) await ended(child, 'SIGKILL');
  await database.close();
  await storage.remove();
});

async function startWorker(name: string): Promise<ChildProcess> {
  const args = ['--import', 'tsx', program, storage.databaseUrl, join(storage.folder, 'done'), name];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function ended(child: ChildProcess, how: 'SIGKILL' | 'end'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  if (how === 'end') child.stdin?.end();
  else child.kill(how);
  await exit;
}

/** Who ran what, in order. */
async function done(): Promise<{ name: string; job: string }[]> {
  const text = await readFile(join(storage.folder, 'done'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ')[0] ?? '', job: line.split(' ')[1] ?? '' }));
}

async function untilEmpty(): Promise<void> {
  for (;;) {
    const row = await database.get<{ left: number }>('select count(*) as left from job');
    if (row?.left === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const add = (kind: string, body: unknown): Promise<boolean> => enqueue(database, { kind, body, runAt: Date.now() });

test('three processes at one queue: each job runs once, and each of them has a part', async () => {
  const workers = [await startWorker('a'), await startWorker('b'), await startWorker('c')];
  await database.transaction(async (tx) => {
    for (let count = 0; count < 150; count++) {
      await enqueue(tx, { kind: 'note', body: `job-${count}`, runAt: Date.now() });
    }
  });
  await untilEmpty();
  for (const worker of workers) await ended(worker, 'end');
  const runs = await done();
  expect(runs).toHaveLength(150);
  expect(new Set(runs.map(({ job }) => job)).size).toBe(150);
  expect(new Set(runs.map(({ name }) => name))).toEqual(new Set(['a', 'b', 'c']));
});

test('what a killed process had begun, another runs when the lease is over; nothing else runs twice', async () => {
  await add('forever', 'the-long-one');
  const first = await startWorker('first');
  while ((await done()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  for (let count = 0; count < 20; count++) await add('note', `job-${count}`);
  await startWorker('second');
  await ended(first, 'SIGKILL');
  await untilEmpty();
  const runs = await done();
  expect(runs.filter(({ job }) => job === 'the-long-one').map(({ name }) => name)).toEqual(['first', 'second']);
  expect(runs).toHaveLength(22);
});
