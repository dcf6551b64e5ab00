import { expect, test } from 'vitest';
import { UploadSlots } from './upload-slots.ts';

const limits = { total: 3, perCaller: 2, waiting: 2, patience: 60_000 };

/** `true` when it resolves within this turn of the event loop. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let there = false;
  void promise.then(
    () => (there = true),
    () => (there = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return there;
}

test('nobody takes all places, and who waits is let in as soon as there is one', async () => {
  const slots = new UploadSlots(limits);
  const first = await slots.take('a');
  await slots.take('a');
  const third = slots.take('a');
  expect(await isThere(third)).toBe(false);
  const other = await slots.take('b');
  const more = slots.take('b');
  expect(await isThere(more)).toBe(false);
  other();
  expect([await isThere(third), await isThere(more)]).toEqual([false, true]);
  first();
  expect(await isThere(third)).toBe(true);
});

test('a place is given back once, however often it is said', async () => {
  const slots = new UploadSlots({ ...limits, total: 1 });
  const leave = await slots.take('a');
  leave();
  leave();
  await slots.take('b');
  expect(await isThere(slots.take('c'))).toBe(false);
});

test('a full line, and a wait that is too long, are refused', async () => {
  const slots = new UploadSlots({ ...limits, total: 1, patience: 20 });
  await slots.take('a');
  const waiting = [slots.take('b'), slots.take('c')];
  const refusal = { code: 'too-many-requests', headers: { 'retry-after': '30' } };
  await expect(slots.take('d')).rejects.toMatchObject(refusal);
  for (const each of waiting) await expect(each).rejects.toMatchObject(refusal);
});

test('who gave up waiting is not let in later', async () => {
  const slots = new UploadSlots({ ...limits, total: 1, patience: 20 });
  const leave = await slots.take('a');
  await expect(slots.take('b')).rejects.toThrow();
  leave();
  await slots.take('c');
});

test('places are handed on in order, past those whose caller has enough', async () => {
  const slots = new UploadSlots({ total: 2, perCaller: 1, waiting: 10, patience: 60_000 });
  const order: string[] = [];
  const leaving: (() => void)[] = [];
  const enter = async (caller: string): Promise<void> => {
    leaving.push(await slots.take(caller));
    order.push(caller);
  };
  const all = ['a', 'a', 'b', 'a', 'c'].map(enter);
  for (let n = 0; n < all.length; n++) {
    await isThere(Promise.resolve());
    leaving.shift()?.();
  }
  await Promise.all(all);
  expect(order).toEqual(['a', 'b', 'a', 'c', 'a']);
});
