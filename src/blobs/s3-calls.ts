import { setTimeout as pause } from 'node:timers/promises';
import { type Problem, problem } from '../problems/problem.ts';
import { Breaker } from './s3-breaker.ts';
import { explainS3, type S3Error, type S3Failure, toS3Error } from './s3-failure.ts';
import { IdleWatch } from './s3-idle.ts';

/** What an administrator should hear of. */
export type S3Tell = (level: 'error' | 'info', sentence: string, error?: unknown) => void;

export interface CallOptions {
  /** Time-outs of the store that may pass without progress until a try counts as failed; 1 when left out. */
  readonly patience?: number;
  /** Also when the store is taken for dead. */
  readonly always?: boolean;
  /** Failures that the caller can do something about; they are rejected as they came. */
  readonly expects?: readonly S3Failure[];
}

const mayPass: ReadonlySet<S3Failure> = new Set(['transient', 'conflict']);
const mostTries = 3;
/** Nothing is tried again when nothing has moved for this many idle limits. */
const stillLimit = 2;
/** Time-outs of the store that the first pause lasts at most: with the usual one 0.4 seconds; the next twice that. */
const firstPause = 0.06;
/** The same trouble is told once in this time, milliseconds. */
const quiet = 60_000;

/**
 * Makes calls to the store: up to three tries with random pauses, each ended when nothing moves. What may pass becomes
 * `storage-unavailable` in the end, and so does at once whatever else the caller doesn't expect. What it does expect is an
 * `S3Error`.
 */
export class S3Calls {
  readonly #timeout: number;
  readonly #tell: S3Tell;
  readonly #breaker = new Breaker();
  readonly #told = new Map<string, number>();

  /** @param timeout milliseconds that the store may stand still. */
  constructor(timeout: number, tell: S3Tell) {
    this.#timeout = timeout;
    this.#tell = tell;
  }

  async call<T>(attempt: (watch: IdleWatch) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const { patience = 1, always = false, expects = [] } = options;
    const idle = this.#timeout * patience;
    if (!always && !this.#breaker.admits()) throw unavailable(5, undefined);
    let movedAt = performance.now();
    for (let tried = 1; ; tried++) {
      const watch = new IdleWatch(idle);
      try {
        const result = await attempt(watch);
        this.#answered();
        return result;
      } catch (thrown) {
        // The client's own error for it says less.
        const error = toS3Error(watch.reason ?? thrown);
        movedAt = Math.max(movedAt, watch.movedAt);
        const isLast = tried === mostTries || performance.now() - movedAt >= idle * stillLimit;
        if (isLast || !mayPass.has(error.failure)) throw this.#giveUp(error, expects);
      } finally {
        watch.end();
      }
      await pause(Math.random() * this.#timeout * firstPause * 2 ** (tried - 1));
    }
  }

  #answered(): void {
    if (this.#breaker.isOpen) this.#tell('info', 'The object store answers again.');
    this.#breaker.succeeded();
  }

  #giveUp(error: S3Error, expects: readonly S3Failure[]): Error {
    if (error.failure !== 'transient') {
      this.#answered();
      if (expects.includes(error.failure)) return error;
      this.#tellOnce(`The object store refuses to work: ${explainS3(error)}.`, error);
      return unavailable(30, error);
    }
    this.#breaker.failed();
    this.#tellOnce(`The object store fails: ${explainS3(error)}.`, error);
    return unavailable(5, error);
  }

  #tellOnce(sentence: string, error: S3Error): void {
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
