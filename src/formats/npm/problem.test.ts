import { expect, test } from 'vitest';
import { problem, problemCodes } from '../../problems/problem.ts';
import { npmProblem } from './problem.ts';

test.each([
  [problem('package-not-found'), 404, '404 Packages Not Found', 'Packages not found'],
  [problem('tag-not-found'), 404, '404 Package Tag Not Found', 'Package tag not found'],
  [problem('project-not-found'), 404, '404 Project Not Found', 'Project not found'],
  [
    problem('unauthenticated'),
    401,
    '401 Unauthorized',
    'No token was sent for this registry. Set one in .npmrc, or run npm login.',
  ],
  [problem('forbidden'), 403, '403 Forbidden', 'Forbidden'],
  [problem('forbidden', 'Package protected.'), 403, '403 Forbidden - Package protected.', 'Package protected.'],
  [problem('invalid-parameter', '"Tag" not given'), 400, '400 Bad request - "Tag" not given', '"Tag" not given'],
  [problem('file-too-large', 'File is too large.'), 400, 'File is too large.', 'File is too large.'],
  [problem('invalid-request', 'Validation failed: x'), 400, 'Validation failed: x', 'Validation failed: x'],
  [problem('package-not-found', 'Ask for another.'), 404, '404 Packages Not Found', 'Ask for another.'],
])('%s', (given, status, message, error) => {
  expect(npmProblem(given)).toEqual({ status, headers: {}, body: { message, error } });
});

test('every error is two texts, and no 401 asks for a second factor', () => {
  for (const code of problemCodes) {
    const reply = npmProblem(problem(code, '', { 'WWW-Authenticate': 'Basic realm="x"', 'retry-after': '1' }));
    expect(reply.headers).toEqual({ 'retry-after': '1' });
    const { message, error } = reply.body as Record<string, unknown>;
    expect([typeof message, typeof error]).toEqual(['string', 'string']);
    expect(error).not.toBe('');
  }
});
