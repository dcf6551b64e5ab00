import { expect, it } from 'vitest';
import { WriteTurns } from './write-turns.ts';

function turnsOf(version: () => number) {
  const get = (): Record<string, number> => ({ data_version: version() });
  const connection = {
    prepare: () => ({ get, all: () => [], run: () => 0 }),
    exec: () => undefined,
    close: () => undefined,
  };
  const waits: number[] = [];
  const turns = new WriteTurns(connection, async (ms) => waits.push(ms));
  return { turns, waits };
}

it('a process that writes alone never waits', async () => {
  const { turns, waits } = turnsOf(() => 7);
  for (let count = 0; count < 5; count++) {
    await turns.await();
    turns.released();
  }
  expect(waits).toEqual([]);
});

it('one that is not the only one leaves the others a moment between two of its own', async () => {
  let version = 7;
  const { turns, waits } = turnsOf(() => version);
  await turns.await();
  turns.released();
  version++;
  await turns.await();
  turns.released();
  expect(waits).toEqual([]);
  await turns.await();
  expect(waits).toEqual([3]);
});
