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
 * GitLab's shapes, `{"error":…}` for a parameter and `{"message":…}` for the rest. The reason phrase says it too: it is
 * all that Maven's wagon and Gradle show.
 */
export function mavenProblem(problem: Problem): PlainReply {
  const { code } = problem;
  const [status, title] = statuses[code] ?? [problem.status, problem.title];
  const sentence = sentences[code] ?? problem.reason;
  const reason = reasonPhrase(sentence === '' ? title : sentence);
  if (code === 'invalid-parameter' || code === 'invalid-path') return { status, reason, body: { error: sentence } };
  return {
    status,
    reason,
    body: { message: sentence === '' ? `${status} ${title}` : `${status} ${title} - ${sentence}` },
  };
}

/** One line of ASCII, not too long for a terminal. */
function reasonPhrase(sentence: string): string {
  const line = sentence.replace(/[^\x20-\x7e]+/g, '?');
  return line.length <= 200 ? line : `${line.slice(0, 197)}...`;
}
