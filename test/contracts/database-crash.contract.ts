import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/connect.ts';
import type { OpenDatabase, OpenedDatabase } from './database.contract.ts';
import { type DatabaseProcess, release, startProcess, untilLines } from './database-process.ts';

const KILLS = 20;

export function crashContract(open: OpenDatabase): void {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.cleanup());

  it(`loses nothing it acknowledged, and keeps no half, when killed ${KILLS} times while committing`, async () => {
    await opened.db.run('create table pair (name text not null, half integer not null, primary key (name, half))');
    // Nobody else may have it open: the next one to open it has to recover.
    await opened.db.close();
    const acknowledged: string[] = [];
    const processes = [startProcess('commit', opened.url, '0')];
    try {
      for (let run = 0; run < KILLS; run++) {
        // Starting takes far longer than committing: the next one loads meanwhile, without opening the database.
        processes.push(startProcess('commit', opened.url, String(run + 1)));
        acknowledged.push(...(await killWhileCommitting(processes.shift() as DatabaseProcess, 1 + run * 3)));
        const halves = await readHalves(opened.url);
        expect(acknowledged.filter((name) => !halves.has(name))).toEqual([]);
        expect([...halves].filter(([, count]) => count !== 2)).toEqual([]);
      }
    } finally {
      for (const { child } of processes) child.kill('SIGKILL');
      await Promise.all(processes.map(({ ended }) => ended));
    }
    expect(acknowledged.length).toBeGreaterThan(KILLS);
  }, 120_000);
}

/** The names it acknowledged before it was killed, at least `least`. */
async function killWhileCommitting(running: DatabaseProcess, least: number): Promise<string[]> {
  await untilLines(running, 1);
  release(running);
  await untilLines(running, 1 + least);
  running.child.kill('SIGKILL');
  await running.ended;
  return running.lines().slice(1);
}

async function readHalves(url: string): Promise<Map<string, number>> {
  const db = await openDatabase(url);
  try {
    const rows = await db.all<{ name: string; halves: number }>(
      'select name, count(*) as halves from pair group by name',
    );
    return new Map(rows.map(({ name, halves }) => [name, halves]));
  } finally {
    await db.close();
  }
}
