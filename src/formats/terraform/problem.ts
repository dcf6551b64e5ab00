import type { Problem } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

type Sentences = Readonly<Partial<Record<Problem['code'], string>>>;

/** Sentences that GitLab's users know. */
const ofModules: Sentences = {
  'version-exists': 'A module with the same name & version already exists in the project.',
  'name-taken': 'A module with the same name already exists in the namespace.',
  'file-too-large': 'File is too large',
};

/** What GitLab says of names and versions: 422, and why. */
const unprocessable: ReadonlySet<Problem['code']> = new Set(['invalid-name', 'invalid-version']);

/** GitLab's `{"message": …}`, and the same as the registry protocols' `errors`. */
export function moduleProblem(problem: Problem): PlainReply {
  return answer(problem, ofModules);
}

export function providerProblem(problem: Problem): PlainReply {
  return answer(problem, {});
}

function answer(problem: Problem, known: Sentences): PlainReply {
  const isInvalid = unprocessable.has(problem.code);
  const status = isInvalid ? 422 : problem.status;
  const message = isInvalid ? `Validation failed: ${problem.reason}` : (known[problem.code] ?? problem.message);
  return { status, body: { message, errors: [message] } };
}
