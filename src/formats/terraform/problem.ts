import type { Problem } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

/** Sentences that GitLab's users know. */
const known: Readonly<Partial<Record<Problem['code'], string>>> = {
  'version-exists': 'A module with the same name & version already exists in the project.',
  'name-taken': 'A module with the same name already exists in the namespace.',
  'file-too-large': 'File is too large',
};

/** What GitLab says of names and versions: 422, and why. */
const unprocessable: ReadonlySet<Problem['code']> = new Set(['invalid-name', 'invalid-version']);

/** GitLab's `{"message": …}`; for the clients of the registry protocols the same in their `errors`. */
export function terraformProblem(problem: Problem): PlainReply {
  if (unprocessable.has(problem.code)) return answer(422, `Validation failed: ${problem.reason}`);
  return answer(problem.status, known[problem.code] ?? problem.message);
}

function answer(status: number, message: string): PlainReply {
  return { status, body: { message, errors: [message] } };
}
