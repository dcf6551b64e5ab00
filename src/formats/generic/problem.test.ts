import { expect, test } from 'vitest';
import { problem } from '../../problems/problem.ts';
import { genericProblem } from './problem.ts';

test.each([
  [problem('invalid-parameter', 'package_version is invalid'), 400, { error: 'package_version is invalid' }],
  [problem('invalid-path', 'x'), 400, { error: 'package_name should be a valid file path' }],
  [problem('file-too-large', 'x'), 400, { message: '400 Bad request - File is too large' }],
  [problem('file-exists', 'x'), 400, { message: '400 Bad request - Duplicate package is not allowed' }],
  [problem('unauthenticated'), 401, { message: '401 Unauthorized' }],
  [problem('forbidden'), 403, { message: '403 Forbidden' }],
])('%s in GitLab’s words', (refused, status, body) => {
  expect(genericProblem(refused)).toEqual({ status, body });
});
