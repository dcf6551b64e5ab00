import { setTimeout as pause } from 'node:timers/promises';
import { type Problem, problem } from '../problems/problem.ts';
import { Breaker } from './s3-breaker.ts';
import { explainS3, type S3Failure, s3Failure } from './s3-failure.ts';
import { IdleWatch } from './s3-idle.ts';

/** What an administrator should hear of. */
export type S3Tell = (level: 'error' | 'info', sentence: string, error?: unknown) => void;

export interface CallOptions {
  /** Milliseconds without any progress until a try counts as failed; the store's own setting when left out. */
  readonly idle?: number;
  /** Failures that the caller can do something about; they are rejected as they came. */
  readonly expects?: readonly S3Failure[];
}

const mayPass: ReadonlySet<S3Failure> = new Set(['transient', 'conflict']);
const mostTries = 3;
/** Nothing is tried again when nothing has moved for this many of the call's idle limits. */
const patience = 2;
const firstPause = 200;
const longestPause = 2_000;
/** The same trouble is told once in this time, milliseconds. */
const quiet = 60_000;

/**
 * Makes calls to the store: up to three tries with random pauses, each ended when nothing moves. What may pass becomes
 * `storage-unavailable` in the end, and so does at once whatever else the caller doesn't expect.
 */
export class S3Calls {
  readonly #idle: number;
  readonly #tell: S3Tell;
  readonly #breaker = new Breaker();
  readonly #told = new Map<string, number>();

  constructor(idle: number, tell: S3Tell) {
    this.#idle = idle;
    this.#tell = tell;
  }

  async call<T>(attempt: (watch: IdleWatch) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const { idle = this.#idle, expects = [] } = options;
    if (!this.#breaker.admits()) throw unavailable(5, undefined);
    let movedAt = performance.now();
    for (let tried = 1; ; tried++) {
      const watch = new IdleWatch(idle);
      try {
        const result = await attempt(watch);
        this.#answered();
        return result;
      } catch (error) {
        const failure = s3Failure(error);
        movedAt = Math.max(movedAt, watch.movedAt);
        const isLast = tried === mostTries || performance.now() - movedAt >= idle * patience;
        if (isLast || !mayPass.has(failure)) throw this.#giveUp(error, failure, expects);
      } finally {
        watch.end();
      }
      await pause(Math.random() * Math.min(longestPause, firstPause * 2 ** tried));
    }
  }

  #answered(): void {
    if (this.#breaker.isOpen) this.#tell('info', 'The object store answers again.');
    this.#breaker.succeeded();
  }

  #giveUp(error: unknown, failure: S3Failure, expects: readonly S3Failure[]): unknown {
    if (failure !== 'transient') {
      this.#answered();
      if (expects.includes(failure)) return error;
      this.#tellOnce(`The object store refuses to work: ${explainS3(error)}.`, error);
      return unavailable(30, error);
    }
    this.#breaker.failed();
    this.#tellOnce(`The object store fails: ${explainS3(error)}.`, error);
    return unavailable(5, error);
  }

  #tellOnce(sentence: string, error: unknown): void {
    const now = performance.now();
    if (now - (this.#told.get(sentence) ?? -quiet) < quiet) return;
    if (this.#told.size > 100) this.#told.clear();
    this.#told.set(sentence, now);
    this.#tell('error', sentence, error);
  }
}

/** `cause` is for the log. */
export function unavailable(retryAfter: number, cause: unknown): Problem {
  const told = problem('storage-unavailable', 'The server cannot use its storage at the moment; try again later.', {
    'retry-after': String(retryAfter),
  });
  told.cause = cause;
  return told;
}
