import { BlobMissing } from '../blobs/blob-store.ts';
import { ForeignKeyViolation, UniqueViolation } from '../database/database.ts';
import { Problem, problem } from '../problems/problem.ts';
import type { PlainReply } from '../formats/format.ts';
import type { Exchange } from './exchange.ts';

export interface ProblemLog {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/**
 * The one mapper from what was thrown to what is told. Unknown errors are logged once, here, and become a 500 without
 * detail.
 */
export function toProblem(error: unknown, exchange: Exchange, log: ProblemLog): Problem {
  if (error instanceof Problem) {
    if (error.status >= 500) {
      log.warn({ code: error.code, reason: error.reason, cause: causeOf(error), route: exchange.route }, 'refused');
    }
    return error;
  }
  if (clientWentAway(error)) return problem('incomplete-body', 'The request ended before its body was complete.');
  // Two requests crossed: what one of them relied on was made or removed by the other. A repetition finds out which.
  if (error instanceof ForeignKeyViolation || error instanceof UniqueViolation) {
    log.warn({ err: error, route: exchange.route }, 'two requests crossed');
    return problem('revision-conflict', 'Something this relies on changed meanwhile. Try again.');
  }
  if (error instanceof BlobMissing) {
    log.error({ sha256: error.sha256, route: exchange.route }, 'a stored file is missing or damaged');
    return problem('storage-unavailable', 'The stored file cannot be read. The administrator has been told.');
  }
  const { route, requestId } = exchange;
  log.error({ err: error, route, requestId }, 'unexpected error');
  return problem('internal', '', { 'x-request-id': requestId });
}

/** What lies at the bottom of it, for the administrator: `connect ECONNREFUSED 10.0.0.5:5432`. */
function causeOf(error: Error): string | undefined {
  let cause = error.cause;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error ? cause.message : undefined;
}

function clientWentAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNABORTED';
}

/** GitLab's shape: `{"message":"404 Package Not Found"}`, and `{"error":…}` for parameters that failed validation. */
export function gitlabProblem(refused: Problem): PlainReply {
  if (refused.code === 'invalid-parameter') return { status: refused.status, body: { error: refused.reason } };
  return { status: refused.status, headers: refused.headers, body: { message: refused.message } };
}
