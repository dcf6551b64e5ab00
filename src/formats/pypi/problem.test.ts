import { expect, test } from 'vitest';
import { problem, problemCodes } from '../../problems/problem.ts';
import { pypiProblem } from './problem.ts';

test('a file that exists is told in the words of every client', () => {
  const { status, reason, body } = pypiProblem(problem('file-exists', 'A file named x has been published before.'));
  expect([status, reason]).toEqual([400, 'File already exists']);
  const { message, code } = body as { message: string; code: string };
  expect(message).toContain('File already exists');
  expect(message).toContain('Validation failed: File name has already been taken');
  expect(code).toBe(message);
});

test('nothing else is told so, or with a status that clients skip', () => {
  for (const code of problemCodes.filter((code) => code !== 'file-exists')) {
    const { status, reason = '', body } = pypiProblem(problem(code, 'A sentence.'));
    expect(status, code).not.toBe(409);
    expect(`${reason} ${JSON.stringify(body)}`).not.toMatch(/already exist|already been taken|overwrite artifact/i);
  }
});

test('the sentence is the reason phrase, in one line of ASCII', () => {
  expect(pypiProblem(problem('invalid-name', 'Wrong: "é\r\nX: y".')).reason).toBe('Wrong: "???X: y".');
  expect(pypiProblem(problem('invalid-name', 'x'.repeat(1_000))).reason).toHaveLength(300);
  expect(pypiProblem(problem('unauthenticated')).reason).toBeUndefined();
});

test('what is missing is told as GitLab does', () => {
  expect(pypiProblem(problem('package-not-found', 'x')).body).toMatchObject({ message: '404 Package Not Found' });
  expect(pypiProblem(problem('invalid-parameter', 'name is missing')).body).toMatchObject({ error: 'name is missing' });
  expect(pypiProblem(problem('file-too-large', 'x')).body).toMatchObject({
    message: '400 Bad request - File is too large',
  });
});
