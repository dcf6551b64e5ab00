import { InvalidArchive } from './invalid-archive.ts';

const maxPathLength = 4096;

/**
 * The segments of an entry's path. Refuses what would be written outside the folder an archive is unpacked in, on any
 * system, and spellings that readers resolve differently (`a//b`, `a/./b`). A first `.` is kept.
 */
export function entrySegments(path: string): readonly string[] {
  if (Buffer.byteLength(path) > maxPathLength) throw refusal(path, 'has a name of over 4 KiB');
  if (path.includes('\0')) throw refusal(path, 'has a NUL in its name');
  if (/^([/\\]|[A-Za-z]:)/.test(path)) throw refusal(path, 'has an absolute path');
  if (path.split(/[/\\]/).includes('..')) throw refusal(path, 'leaves its folder');
  const segments = (path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  if (segments.includes('') || segments.includes('.', 1))
    throw refusal(path, 'has an empty or "." segment in its path');
  return segments;
}

/** Refuses a symbolic link at `segments` that points out of the archive's top folder. */
export function checkSymbolicLink(segments: readonly string[], target: string): void {
  if (segments.length < 2 || target === '' || target.includes('\0') || /^([/\\]|[A-Za-z]:)/.test(target))
    throw outside(segments);
  let depth = segments.length - 1;
  for (const segment of target.split(/[/\\]/)) {
    if (segment === '..') depth--;
    else if (segment !== '.' && segment !== '') depth++;
    if (depth < 1) throw outside(segments);
  }
}

/** Refuses a hard link whose target, a path in the archive, isn't in the same top folder. */
export function checkHardLink(segments: readonly string[], target: string): void {
  const aim = entrySegments(target);
  if (segments.length < 2 || aim[0] !== segments[0]) throw outside(segments);
}

function outside(segments: readonly string[]): InvalidArchive {
  return refusal(segments.join('/'), 'is a link that leaves its folder');
}

function refusal(path: string, why: string): InvalidArchive {
  return new InvalidArchive(`The archive has an entry that ${why}: ${JSON.stringify(path.slice(0, 200))}.`);
}
