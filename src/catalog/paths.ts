/** Paths of groups, users and projects: GitLab's rules, https://docs.gitlab.com/user/reserved_names/ */
import { problem } from '../problems/problem.ts';

const longest = 255;
/** Words that stand for pages or end points of the server, or that GitLab reserves at the top. */
const reservedAtTop = new Set(
  (
    '.well-known admin api assets dashboard explore favicon.ico files groups health_check help import jwt login logout ' +
    'oauth profile projects public robots.txt s search sitemap snippets unsubscribes uploads users v2'
  ).split(' '),
);

/** The form that decides equality. Paths are ASCII. */
export function pathKey(path: string): string {
  return path.toLowerCase();
}

/** What is wrong with one segment of a path, as the end of a sentence that begins with its field; `null` = nothing. */
export function pathFault(segment: string, place: 'top' | 'nested'): string | null {
  if (segment === '') return 'can not be empty';
  if (segment.length > longest) return `is longer than ${longest} characters`;
  if (!/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(segment)) {
    return "can contain only letters, digits, '_', '-' and '.', and can not start or end with '-' or '.'";
  }
  if (/\.(?:git|atom)$/i.test(segment)) return "can not end in '.git' or '.atom'";
  if (place === 'top' && reservedAtTop.has(pathKey(segment))) return 'is a reserved word';
  return null;
}

/** `invalid-parameter` unless `segment` may be used as a path. */
export function checkPath(segment: string, place: 'top' | 'nested', field = 'path'): void {
  const fault = pathFault(segment, place);
  if (fault !== null) throw problem('invalid-parameter', `${field} ${fault}.`);
}

/** A reference in a URL: a number is an id, everything else a path. `null` = a path. */
export function idOf(reference: number | string): number | null {
  if (typeof reference === 'number') return reference;
  return /^[1-9][0-9]{0,14}$/.test(reference) ? Number(reference) : null;
}
