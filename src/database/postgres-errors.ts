/** Gives PostgreSQL's error codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) a meaning that the rest of Packyard knows. */
import { type Problem, type ProblemCode, problem } from '../problems/problem.ts';
import { ForeignKeyViolation, UniqueViolation } from './database.ts';

/** The connection broke, or never came about: the statement may or may not have been carried out. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('the connection to the database was lost', { cause });
    this.name = 'ConnectionLost';
  }
}

/** A value came back that the contract has no word for, such as a number that is not safe. */
export class UnreadableValue extends Error {}

/** What to do about a failure. `crossed`: again, for another transaction came between. */
export type Failure = 'crossed' | 'stale-plan' | 'locked' | 'lost' | 'other';

const UNIQUE = '23505';
const FOREIGN_KEY = '23503';
const DISK_FULL = '53100';
const LOCK_TIMEOUT = '55P03';
const CANCELED = '57014';
const SERIALIZATION = '40001';
const OUTCOME_UNKNOWN = '40003';
const DEADLOCK = '40P01';
const READ_ONLY = '25006';
const IDLE_TOO_LONG = '25P03';
const FEATURE = '0A000';

/** SQLSTATE of an error that the server reported, else `null`. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

export function failureOf(error: unknown): Failure {
  const state = sqlState(error);
  if (state === null) return error instanceof ConnectionLost ? 'lost' : 'other';
  if (state === SERIALIZATION || state === DEADLOCK) return 'crossed';
  if (state === LOCK_TIMEOUT) return 'locked';
  if (state === FEATURE && /cached plan/.test((error as Error).message)) return 'stale-plan';
  return endsSession(state) ? 'lost' : 'other';
}

/** The server ends the connection with these, or it is one to a server that can't be written any more. */
function endsSession(state: string): boolean {
  return /^(?:08|57P)/.test(state) || state === IDLE_TOO_LONG || state === READ_ONLY;
}

/** Whether a commit that ended so may have been carried out all the same. */
export function leavesOpen(error: unknown): boolean {
  const state = sqlState(error);
  return state === null || /^(?:08|57P|58|XX)/.test(state) || state === OUTCOME_UNKNOWN;
}

/** What a caller is told instead of the server's error, which stays as the `cause`; other errors pass unchanged. */
export function translate(error: unknown): unknown {
  if (error instanceof ConnectionLost) return because(error, unavailable('The database cannot be reached. Try again.'));
  const state = sqlState(error);
  if (state === null) return error;
  if (state === UNIQUE) return because(error, new UniqueViolation(columnsOf(error)));
  if (state === FOREIGN_KEY) return because(error, new ForeignKeyViolation());
  const refusal = problemOf(state);
  return refusal === null ? error : because(error, refusal);
}

function problemOf(state: string): Problem | null {
  if (state === DISK_FULL) {
    return problem('storage-full', 'The disk that holds the database is full. Free space and try again.');
  }
  if (state === LOCK_TIMEOUT) return unavailable('Another process kept the database locked. Try again.', 1);
  if (state === SERIALIZATION || state === DEADLOCK)
    return unavailable('Too many others write the same. Try again.', 1);
  if (state === CANCELED) return unavailable('The database took too long. Try again.');
  if (state === READ_ONLY) return unavailable('The database is read-only. Try again when it can be written.');
  if (/^XX00[12]$/.test(state)) {
    return unavailable('The database is damaged. Ask the administrator to restore a backup.');
  }
  const refused = refusedText[state];
  if (refused !== undefined) return problem(...refused);
  const gone = /^(?:08|28|53|57|58)/.test(state) || state === IDLE_TOO_LONG || state === '3D000';
  return gone ? unavailable('The database cannot be reached. Try again.') : null;
}

/** What a client may send that only the server finds too large. */
const refusedText: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  '54000': ['invalid-parameter', 'A name or path is too long.'],
  '22003': ['invalid-parameter', 'A number is too large.'],
  '22021': ['invalid-parameter', 'Text must be well-formed Unicode.'],
};

export function unavailable(reason: string, seconds = 5): Problem {
  return problem('storage-unavailable', reason, { 'retry-after': String(seconds) });
}

/** The detail is in the server's language, its shape is not: `Key (project_id, name)=(1, x) already exists.` */
function columnsOf(error: unknown): string {
  const {
    table = '',
    detail = '',
    constraint = '',
  } = error as { table?: string; detail?: string; constraint?: string };
  const columns = /\(([^)]*)\)=\(/.exec(detail)?.[1];
  if (columns === undefined) return constraint;
  return columns
    .split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ');
}

export function because<E extends Error>(cause: unknown, error: E): E {
  error.cause = cause;
  return error;
}
