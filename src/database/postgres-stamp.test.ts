import { expect, test } from 'vitest';
import { SharedStamp } from './postgres-stamp.ts';

/** Looks that end when they are told to, in order. */
function looks() {
  const begun: { resolve: (state: string) => void; reject: (error: Error) => void }[] = [];
  const stamp = new SharedStamp(() => new Promise((resolve, reject) => begun.push({ resolve, reject })));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { stamp, begun, turn };
}

test('equal states have one number, and a new one another', async () => {
  const states = ['a', 'a', 'b', 'b', 'c'];
  const stamp = new SharedStamp(() => Promise.resolve(states.shift() ?? ''));
  const numbers: number[] = [];
  for (let time = 0; time < 5; time++) numbers.push(await stamp.ask());
  expect(numbers).toEqual([1, 1, 2, 2, 3]);
});

test('those who ask while a look is under way share the next one, which begins later', async () => {
  const { stamp, begun, turn } = looks();
  const first = stamp.ask();
  await turn();
  const others = [stamp.ask(), stamp.ask(), stamp.ask()];
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve('before');
  await turn();
  expect(begun).toHaveLength(2);
  const later = stamp.ask();
  begun[1]?.resolve('after');
  await turn();
  begun[2]?.resolve('after');
  expect(await Promise.all([first, ...others, later])).toEqual([1, 2, 2, 2, 2]);
});

test('a look that fails is told to those who waited for it, and the next one is made', async () => {
  const { stamp, begun, turn } = looks();
  const refused = stamp.ask();
  await turn();
  const waiting = stamp.ask();
  begun[0]?.reject(new Error('away'));
  await expect(refused).rejects.toThrow('away');
  await turn();
  begun[1]?.resolve('back');
  expect(await waiting).toBe(1);
});
