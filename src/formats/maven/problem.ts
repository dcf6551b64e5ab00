import type { Problem } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

/** Statuses that Maven's clients know for these, where others know different ones. */
const statuses: Readonly<Partial<Record<Problem['code'], readonly [number, string]>>> = {
  'file-exists': [409, 'Conflict'],
  'digest-mismatch': [409, 'Conflict'],
};

/** Sentences that scripts know from GitLab, where ours say more. */
const sentences: Readonly<Partial<Record<Problem['code'], string>>> = {
  'file-too-large': 'File is too large',
  'invalid-path': 'path should be a valid file path',
};

/**
 * GitLab's shapes, `{"error":…}` for a parameter and `{"message":…}` for the rest, with the members of RFC 9457, which are what
 * Maven 4 shows. The reason phrase says it too: Maven's wagon and Gradle show nothing else.
 */
export function mavenProblem(problem: Problem): PlainReply {
  const { code } = problem;
  const [status, title] = statuses[code] ?? [problem.status, problem.title];
  const sentence = sentences[code] ?? problem.reason;
  const reason = reasonPhrase(sentence === '' ? title : sentence);
  const isParameter = code === 'invalid-parameter' || code === 'invalid-path';
  const message = sentence === '' ? `${status} ${title}` : `${status} ${title} - ${sentence}`;
  return {
    status,
    reason,
    headers: { 'content-type': isNotThere(status) ? 'application/json' : 'application/problem+json' },
    body: {
      ...(isParameter ? { error: sentence } : { message }),
      title,
      status,
      ...(sentence === '' ? {} : { detail: sentence }),
    },
  };
}

/** Maven 3.9 and 4 don't see from a problem of that type that something isn't there, and fail where they would go on. */
function isNotThere(status: number): boolean {
  return status === 404 || status === 410;
}

/** One line of ASCII, not too long for a terminal. */
function reasonPhrase(sentence: string): string {
  const line = sentence.replace(/[^\x20-\x7e]+/g, '?');
  return line.length <= 200 ? line : `${line.slice(0, 197)}...`;
}
