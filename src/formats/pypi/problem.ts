import type { Problem } from '../../problems/problem.ts';
import type { PlainReply } from '../format.ts';

/** Phrases by which clients tell that a file is there already, each by another; the last is GitLab's. */
const alreadyThere = 'File already exists';
const alreadyTaken = 'Validation failed: File name has already been taken';

/**
 * `message` is GitLab's, `code` is what uv prints, and the reason phrase is all that twine shows. What clients skip as being
 * there already (409, and words such as "already exists") is said of nothing else.
 */
export function pypiProblem(problem: Problem): PlainReply {
  const { status, code, reason } = problem;
  // A 409 would be skipped like a file that exists; this is only to be tried again.
  if (status === 409) return reply(503, '503 Service Unavailable - Try again.', 'Try again', { 'retry-after': '1' });
  if (code === 'file-exists') {
    return reply(status, `${status} Bad request - ${alreadyThere} (${reason}) ${alreadyTaken}`, alreadyThere);
  }
  if (code === 'file-too-large') return reply(status, `${status} Bad request - File is too large`, 'File is too large');
  if (code === 'invalid-parameter') {
    const { body, ...rest } = reply(status, problem.message, reason);
    return { ...rest, body: { error: reason, ...(body as object) } };
  }
  if (status === 401 || status === 404) return reply(status, `${status} ${problem.title}`, '', problem.headers);
  return reply(status, problem.message, reason, problem.headers);
}

function reply(
  status: number,
  message: string,
  phrase: string,
  headers: Readonly<Record<string, string>> = {},
): PlainReply {
  const reason = asPhrase(phrase);
  return { status, ...(reason === '' ? {} : { reason }), headers, body: { message, code: message } };
}

/** One line of ASCII, and not a long one. */
function asPhrase(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, 300);
}
