import type { PlainReply } from '../format.ts';
import type { Problem, ProblemCode } from '../../problems/problem.ts';

/** GitLab's npm routes word these with no status line in front. */
const bare: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'invalid-name',
  'invalid-version',
  'version-exists',
  'manifest-mismatch',
  'file-too-large',
]);

/**
 * An error as npm's clients read it: `error` must be a string (npm 11 prints nothing else, and `[object Object]` for an
 * object), `message` is what GitLab says. A 401 carries no `WWW-Authenticate`: npm would print that header in place of
 * our sentence, and take the word OTP in it for a second factor.
 */
export function npmProblem(problem: Problem): PlainReply {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(problem.headers)) {
    if (name.toLowerCase() !== 'www-authenticate') headers[name] = value;
  }
  return { status: problem.status, headers, body: { message: messageOf(problem), error: errorOf(problem) } };
}

function messageOf(problem: Problem): string {
  if (problem.code === 'package-not-found') return '404 Packages Not Found';
  if (problem.reason !== '' && (bare.has(problem.code) || problem.reason.startsWith('Validation failed'))) {
    return problem.reason;
  }
  if (problem.status === 401 || problem.status === 404) return `${problem.status} ${problem.title}`;
  return problem.message;
}

/** Never with the words "one-time password": npm would ask for one. */
const noCredential = 'No token was sent for this registry. Set one in .npmrc, or run npm login.';

function errorOf(problem: Problem): string {
  if (problem.reason !== '') return problem.reason;
  if (problem.code === 'package-not-found') return 'Packages not found';
  if (problem.code === 'unauthenticated') return noCredential;
  return problem.title.charAt(0) + problem.title.slice(1).toLowerCase();
}
