import type { Problem } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

/** Statuses that Maven's clients know for these, where others know different ones. */
const statuses: Readonly<Partial<Record<Problem['code'], readonly [number, string]>>> = {
  'file-exists': [409, 'Conflict'],
  'digest-mismatch': [409, 'Conflict'],
};

/**
 * GitLab's shapes, `{"error":…}` for a parameter and `{"message":…}` for the rest. The reason phrase says it too: it is
 * all that Maven's wagon and Gradle show.
 */
export function mavenProblem(problem: Problem): PlainReply {
  const { code, reason } = problem;
  const [status, title] = statuses[code] ?? [problem.status, problem.title];
  const phrase = reasonPhrase(reason === '' ? title : reason);
  if (code === 'invalid-parameter') return { status, reason: phrase, body: { error: reason } };
  if (code === 'invalid-path') return { status, reason: phrase, body: { error: 'path should be a valid file path' } };
  const sentence = code === 'file-too-large' ? 'File is too large' : reason;
  return {
    status,
    reason: phrase,
    body: { message: sentence === '' ? `${status} ${title}` : `${status} ${title} - ${sentence}` },
  };
}

/** One line of ASCII, not too long for a terminal. */
function reasonPhrase(sentence: string): string {
  const line = sentence.replace(/[^\x20-\x7e]+/g, '?');
  return line.length <= 200 ? line : `${line.slice(0, 197)}...`;
}
