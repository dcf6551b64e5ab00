import type { Problem, ProblemCode } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

/** NuGet tells what exists already by 409: `--skip-duplicate` goes by it. */
const conflicts: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['version-exists', 'file-exists']);

const exists = 'A package with the same name and version already exists';
const longestReason = 200;

/**
 * GitLab's `{"message":…}`. Clients show nothing but the reason phrase: `Response status code does not indicate success:
 * 400 (The archive has no .nuspec file in its top folder.)`.
 */
export function nugetProblem(problem: Problem): PlainReply {
  const { code, title, headers } = problem;
  const status = conflicts.has(code) ? 409 : problem.status;
  const sentence = sentenceOf(problem);
  const message =
    sentence === '' ? `${status} ${title}` : `${status} ${conflicts.has(code) ? 'Conflict' : title} - ${sentence}`;
  return { status, reason: reasonPhrase(sentence === '' ? title : sentence), headers, body: { message } };
}

function sentenceOf({ code, reason }: Problem): string {
  if (code === 'version-exists') return exists;
  if (code === 'file-too-large') return 'File is too large';
  return reason;
}

/** One line of ASCII: RFC 9112, section 4. */
export function reasonPhrase(sentence: string): string {
  return sentence
    .replace(/[^\x20-\x7e]+/g, '?')
    .slice(0, longestReason)
    .trim();
}
