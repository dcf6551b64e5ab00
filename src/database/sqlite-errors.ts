/** Gives the engine's result codes (https://www.sqlite.org/rescode.html) a meaning the rest of Packyard knows. */
import { type Problem, problem } from '../problems/problem.ts';
import { ForeignKeyViolation, UniqueViolation } from './database.ts';

const BUSY = 5;
const LOCKED = 6;
const NO_MEMORY = 7;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
const CONSTRAINT_FOREIGN_KEY = 787;
const CONSTRAINT_PRIMARY_KEY = 1555;
const CONSTRAINT_UNIQUE = 2067;
const IO_ERROR_FSYNC = 1034;
const IO_ERROR_DIRECTORY_FSYNC = 1290;

/** The extended result code, or `0` for an error that is not the engine's. */
function resultCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode : 0;
}

const primaryCode = (error: unknown): number => resultCode(error) & 0xff;

/** Another connection holds the lock: worth another try. */
export const isBusy = (error: unknown): boolean => primaryCode(error) === BUSY;

export const isNotADatabase = (error: unknown): boolean => primaryCode(error) === NOT_A_DATABASE;

/** After a failed fsync the kernel may have dropped the bytes; trying again would only look like a success. */
export function isFailedFsync(error: unknown): boolean {
  const code = resultCode(error) || (error instanceof Error ? resultCode(error.cause) : 0);
  return code === IO_ERROR_FSYNC || code === IO_ERROR_DIRECTORY_FSYNC;
}

/** What a caller is told instead of the engine's error, which stays as the `cause`; other errors pass unchanged. */
export function translate(error: unknown): unknown {
  const code = resultCode(error);
  const message = error instanceof Error ? error.message : '';
  if (code === CONSTRAINT_UNIQUE || code === CONSTRAINT_PRIMARY_KEY) {
    return because(error, new UniqueViolation(message.replace(/^.*constraint failed: /, '')));
  }
  if (code === CONSTRAINT_FOREIGN_KEY) return because(error, new ForeignKeyViolation());
  const refusal = storageProblem(code & 0xff);
  return refusal === null ? error : because(error, refusal);
}

function storageProblem(code: number): Problem | null {
  switch (code) {
    case FULL:
      return problem('storage-full', 'The disk that holds the database is full. Free space and try again.');
    case BUSY:
    case LOCKED:
      return problem('storage-unavailable', 'Another process kept the database locked. Try again.', {
        'retry-after': '1',
      });
    case READ_ONLY:
      return problem('storage-unavailable', 'The database is read-only. Ask the administrator to make it writable.');
    case NO_MEMORY:
    case IO_ERROR:
    case CANNOT_OPEN:
      return problem('storage-unavailable', 'The database could not be read or written. Try again later.');
    case CORRUPT:
    case NOT_A_DATABASE:
      return problem('storage-unavailable', 'The database is damaged. Ask the administrator to restore a backup.');
    default:
      return null;
  }
}

function because<E extends Error>(cause: unknown, error: E): E {
  error.cause = cause;
  return error;
}
