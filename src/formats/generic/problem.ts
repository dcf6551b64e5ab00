import type { Problem } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

/** Sentences that GitLab's clients and scripts know, where ours say more. */
const known: Readonly<Partial<Record<Problem['code'], string>>> = {
  'file-too-large': 'File is too large',
  'file-exists': 'Duplicate package is not allowed',
};

/** GitLab's shapes: `{"error":…}` for a parameter, `{"message":…}` for the rest. */
export function genericProblem(problem: Problem): PlainReply {
  const { code, status, title } = problem;
  if (code === 'invalid-parameter') return { status, body: { error: problem.reason } };
  if (code === 'invalid-path') return { status, body: { error: 'package_name should be a valid file path' } };
  const sentence = known[code];
  return { status, body: { message: sentence === undefined ? problem.message : `${status} ${title} - ${sentence}` } };
}
