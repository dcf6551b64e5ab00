import { Problem, problem } from '../problems/problem.ts';

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function isNoRoom(error: unknown): boolean {
  return noRoom.has(errorCode(error));
}

export function isAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** What a client is told of a failure of the disk: `storage-full`, else `storage-unavailable`. `cause` is for the log. */
export function storageProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const told = isNoRoom(error)
    ? problem('storage-full', 'The server has no room left to store this; its administrator must make some.')
    : problem('storage-unavailable', 'The server cannot use its storage at the moment; try again later.', {
        'retry-after': '30',
      });
  told.cause = error;
  return told;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
