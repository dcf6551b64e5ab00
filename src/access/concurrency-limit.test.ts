import { expect, test } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.ts';

test('runs so many at a time, keeps so many waiting, and sends the rest away', async () => {
  const limit = new ConcurrencyLimit({ running: 2, waiting: 3 });
  const finish: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => finish.push(resolve));
    running -= 1;
  };
  const started = Array.from({ length: 5 }, () => limit.run(work));
  await expect(limit.run(work)).rejects.toMatchObject({ code: 'too-many-requests', headers: { 'retry-after': '1' } });
  while (finish.length > 0) {
    finish.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(started);
  expect(most).toBe(2);
});

test('work that fails gives its place back', async () => {
  const limit = new ConcurrencyLimit({ running: 1, waiting: 0 });
  await expect(limit.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limit.run(() => Promise.resolve(7))).toBe(7);
});
