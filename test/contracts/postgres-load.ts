/** Reading and writing without a pause, with a ledger of what was acknowledged. */
import { expect } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { Problem } from '../../src/problems/problem.ts';

export interface Load {
  /** Names whose two halves were acknowledged. */
  readonly acknowledged: readonly string[];
  /** Of both reads and writes; milliseconds of the monotonic clock when they came. */
  readonly refusals: readonly { readonly at: number; readonly by: 'read' | 'write' }[];
  /** Longest time that any one took, milliseconds. */
  readonly slowest: () => number;
  /** Resolves when that many more writes were acknowledged. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

export const pairTable = 'create table pair (name text not null, half integer not null, primary key (name, half))';

/** Eight writers and four readers. Anything but `storage-unavailable` with `Retry-After` fails the test. */
export function startLoad(db: Database): Load {
  const acknowledged: string[] = [];
  const refusals: { at: number; by: 'read' | 'write' }[] = [];
  const waiting: { until: number; resolve: () => void }[] = [];
  let slowest = 0;
  const stopping = new AbortController();
  const repeat = async (by: 'read' | 'write', once: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const begun = performance.now();
      try {
        await once(turn);
      } catch (error) {
        expectUnavailable(error);
        refusals.push({ at: performance.now(), by });
      }
      slowest = Math.max(slowest, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const write = (writer: number) =>
    repeat('write', async (turn) => {
      const name = `${writer}.${turn}`;
      await db.transaction(async (tx) => {
        for (const half of [1, 2]) await tx.run('insert into pair (name, half) values (?, ?)', [name, half]);
      });
      acknowledged.push(name);
      for (const each of waiting) if (acknowledged.length >= each.until) each.resolve();
    });
  const read = () => repeat('read', async () => void (await db.get('select count(*) as count from pair')));
  const all = Promise.all([...Array.from({ length: 8 }, (_, n) => write(n)), ...Array.from({ length: 4 }, read)]);
  all.catch(() => undefined);
  return {
    acknowledged,
    refusals,
    slowest: () => slowest,
    more: (count) =>
      Promise.race([
        new Promise<void>((resolve) => waiting.push({ until: acknowledged.length + count, resolve })),
        all.then(() => undefined),
      ]),
    stop: async () => {
      stopping.abort();
      await all;
    },
  };
}

export function expectUnavailable(error: unknown): void {
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({
    code: 'storage-unavailable',
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
  });
}

/** Everything acknowledged is there, and nothing by half. */
export async function expectWhole(db: Database, { acknowledged }: Pick<Load, 'acknowledged'>): Promise<void> {
  const rows = await db.all<{ name: string; halves: number }>(
    'select name, count(*) as halves from pair group by name',
  );
  expect(rows.filter(({ halves }) => halves !== 2)).toEqual([]);
  const found = new Set(rows.map(({ name }) => name));
  expect(acknowledged.filter((name) => !found.has(name))).toEqual([]);
}
