import { expect, test } from 'vitest';
import { problem } from '../../problems/problem.ts';
import { nugetProblem } from './problem.ts';

test.each([
  [problem('version-exists', 'x'), 409, 'A package with the same name and version already exists'],
  [problem('file-exists', 'A file.'), 409, 'A file.'],
  [problem('file-too-large', 'x'), 400, 'File is too large'],
  [problem('unauthenticated'), 401, 'Unauthorized'],
  [problem('invalid-archive', 'Line one.\r\nX: y \u00e9\u202e "q"'), 400, 'Line one.?X: y ? "q"'],
  [problem('invalid-archive', 'x'.repeat(5_000)), 400, 'x'.repeat(200)],
])('%s is told in the reason phrase, one line of ASCII', (refused, status, reason) => {
  const reply = nugetProblem(refused);
  expect([reply.status, reply.reason]).toEqual([status, reason]);
  expect((reply.body as { message: string }).message.startsWith(`${status} `)).toBe(true);
});
