import { expect, test } from 'vitest';
import { type KnownMount, KnownMounts, Remembered } from './known-mounts.ts';

const mountOf = (ownerId: number): KnownMount => ({ ownerId, mount: null });

test('a mount is put together once for a state of the database, and anew for the next', async () => {
  const mounts = new KnownMounts();
  let reads = 0;
  const read = async (): Promise<KnownMount> => mountOf((reads += 1));
  expect(await mounts.get(7, '1', read)).toEqual(mountOf(1));
  expect(await mounts.get(7, '1', read)).toEqual(mountOf(1));
  expect(await mounts.get(8, '1', read)).toEqual(mountOf(2));
  expect(await mounts.get(8, '2', read)).toEqual(mountOf(3));
  expect(await mounts.get(7, '1', read)).toEqual(mountOf(4));
});

test('where the state can not be told, or there is nothing, nothing is remembered', async () => {
  const mounts = new KnownMounts();
  let there = false;
  const read = async (): Promise<KnownMount | null> => (there ? mountOf(1) : null);
  expect(await mounts.get(7, '1', read)).toBeNull();
  there = true;
  expect(await mounts.get(7, '1', read)).toEqual(mountOf(1));
  expect(await mounts.get(null, '2', read)).toEqual(mountOf(1));
  there = false;
  expect(await mounts.get(null, '2', read)).toBeNull();
});

test('an answer holds for its owner; a failure is looked for again', async () => {
  const remembered = new Remembered<number>();
  const [one, two] = [{}, {}];
  let looks = 0;
  const look = async (): Promise<number> => (looks += 1);
  expect(await Promise.all([remembered.of(one, 'a', look), remembered.of(one, 'a', look)])).toEqual([1, 1]);
  expect(await remembered.of(two, 'a', look)).toBe(2);
  expect(await remembered.of(one, 'b', look)).toBe(3);
  await expect(remembered.of(one, 'c', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await remembered.of(one, 'c', look)).toBe(4);
});
