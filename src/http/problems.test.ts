import { expect, test } from 'vitest';
import { UniqueViolation } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { Exchange } from './exchange.ts';
import { toProblem } from './problems.ts';

function told(error: unknown): { problem: ReturnType<typeof toProblem>; logged: object[] } {
  const logged: object[] = [];
  const log = { error: (details: object) => logged.push(details), warn: (details: object) => logged.push(details) };
  const exchange = { route: 'npm GET /:name', requestId: 'r-1' } as Exchange;
  return { problem: toProblem(error, exchange, log), logged };
}

test('what made a store unavailable is in the log, and not in the answer', () => {
  const refused = new Error('connect ECONNREFUSED 10.0.0.5:5432');
  const unavailable = problem('storage-unavailable', 'The database cannot be reached. Try again.');
  unavailable.cause = new Error('the connection was lost', { cause: refused });
  const { problem: answer, logged } = told(unavailable);
  expect(answer).toBe(unavailable);
  expect(answer.message).not.toContain('10.0.0.5');
  expect(logged).toEqual([
    {
      code: 'storage-unavailable',
      reason: 'The database cannot be reached. Try again.',
      cause: 'connect ECONNREFUSED 10.0.0.5:5432',
      route: 'npm GET /:name',
    },
  ]);
});

test('what a client did wrong is not logged', () => {
  expect(told(problem('forbidden')).logged).toEqual([]);
});

test.each([
  [new UniqueViolation('token.digest'), 'revision-conflict', 409],
  [new TypeError('a defect'), 'internal', 500],
  ['not even an error', 'internal', 500],
])('%s', (error, code, status) => {
  const { problem: answer, logged } = told(error);
  expect(answer).toMatchObject({ code, status });
  expect(logged).toHaveLength(1);
});
