import type * as FileSystem from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { Durability } from './durability.ts';

type Done = (error: Error | null) => void;

/** Syncs that the kernel has been asked for and has not answered. */
const asked: { name: string; done: Done }[] = [];

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof FileSystem>()),
  openSync: (path: string) => {
    if (path === 'missing') throw Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    return path;
  },
  closeSync: () => undefined,
  fsync: (name: string, done: Done) => asked.push({ name, done }),
  fdatasync: (name: string, done: Done) => asked.push({ name, done }),
}));

beforeEach(() => {
  asked.length = 0;
});

const settle = () => new Promise((resolve) => setImmediate(resolve));
const names = () => asked.map(({ name }) => name);
const failure = (code: string) => Object.assign(new Error(code), { code });
const fileOf = (name: string) => name as unknown as number;

/** What a promise came to, as far as it is known. */
function watched(promise: Promise<void>): { state: string } {
  const seen = { state: 'waiting' };
  promise.then(
    () => (seen.state = 'done'),
    (error: { code: string }) => (seen.state = error.code),
  );
  return seen;
}

test('callers share a sync that has not begun, and none that has', async () => {
  const durability = new Durability();
  const first = [watched(durability.syncFolder('a')), watched(durability.syncFolder('a'))];
  await settle();
  expect(names()).toEqual(['a']);
  const second = [watched(durability.syncFolder('a')), watched(durability.syncFolder('a'))];
  const other = watched(durability.syncFolder('b'));
  await settle();
  expect(names()).toEqual(['a', 'b']);
  asked[0]?.done(null);
  await settle();
  expect(first.map(({ state }) => state)).toEqual(['done', 'done']);
  expect(second.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  expect(names()).toEqual(['a', 'b', 'a']);
  const third = watched(durability.syncFolder('a'));
  asked[2]?.done(null);
  await settle();
  expect(second.map(({ state }) => state)).toEqual(['done', 'done']);
  expect([third.state, other.state]).toEqual(['waiting', 'waiting']);
  expect(names()).toEqual(['a', 'b', 'a', 'a']);
});

test('one failed sync fails all who wait for it, and ends all writing', async () => {
  const durability = new Durability();
  const shared = [watched(durability.syncFolder('a')), watched(durability.syncFolder('a'))];
  await settle();
  const queued = watched(durability.syncFolder('a'));
  asked[0]?.done(failure('EIO'));
  await settle();
  expect([...shared, queued].map(({ state }) => state)).toEqual(Array.from({ length: 3 }, () => 'storage-unavailable'));
  expect(names()).toEqual(['a']);
  expect(() => durability.assertHealthy()).toThrow(expect.objectContaining({ code: 'storage-unavailable' }));
  await expect(durability.syncFile(fileOf('f'))).rejects.toMatchObject({ code: 'storage-unavailable' });
  expect(names()).toEqual(['a']);
});

test('a file that fails to reach the disk ends all writing, unless the disk is only full', async () => {
  const durability = new Durability();
  const full = watched(durability.syncFile(fileOf('f')));
  asked[0]?.done(failure('ENOSPC'));
  await settle();
  expect(full.state).toBe('storage-full');
  durability.assertHealthy();
  const broken = watched(durability.syncFile(fileOf('g')));
  asked[1]?.done(failure('EIO'));
  await settle();
  expect(broken.state).toBe('storage-unavailable');
  expect(() => durability.assertHealthy()).toThrow(expect.objectContaining({ cause: failure('EIO') }));
});

test('a folder that cannot be opened was not synced, and nothing is lost yet', async () => {
  const durability = new Durability();
  await expect(durability.syncFolder('missing')).rejects.toMatchObject({ code: 'storage-unavailable' });
  durability.assertHealthy();
});
