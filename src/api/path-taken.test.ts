import { expect, test } from 'vitest';
import { problem } from '../problems/problem.ts';
import { pathFromName, unlessPathTaken } from './path-taken.ts';

test.each([
  ['My Packages!', 'my-packages'],
  ['Ünïcode näme', 'unicode-name'],
  ['...a..b...', 'a..b'],
  ['--', ''],
  ['日本', ''],
  ['x'.repeat(300), 'x'.repeat(255)],
])('%s → %s', (name, path) => {
  expect(pathFromName(name)).toBe(path);
});

test('only a taken path becomes a 400 of that shape', async () => {
  const taken = await unlessPathTaken(() => Promise.reject(problem('already-exists', 'Path has already been taken.')));
  expect(taken).toEqual({ status: 400, body: { message: { path: ['has already been taken'] } } });
  await expect(unlessPathTaken(() => Promise.reject(problem('forbidden')))).rejects.toThrow('403');
});
