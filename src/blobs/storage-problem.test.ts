import { expect, test } from 'vitest';
import { problem } from '../problems/problem.ts';
import { storageProblem } from './storage-problem.ts';

test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('%s: there is no room', (code) => {
  const error = Object.assign(new Error(code), { code });
  expect(storageProblem(error)).toMatchObject({ code: 'storage-full', status: 507, cause: error });
});

test.each(['EMFILE', 'ENFILE', 'EROFS', 'EIO', 'EACCES', 'ENOENT'])('%s: try again later', (code) => {
  const error = Object.assign(new Error(code), { code });
  expect(storageProblem(error)).toMatchObject({ code: 'storage-unavailable', status: 503, cause: error });
});

test('what has no code is unavailable too, and a problem stays what it is', () => {
  expect(storageProblem(new Error('?'))).toMatchObject({ code: 'storage-unavailable' });
  expect(storageProblem('?')).toMatchObject({ code: 'storage-unavailable', cause: '?' });
  const told = problem('file-too-large');
  expect(storageProblem(told)).toBe(told);
});
