import type { Database } from '../database/database.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { TakenJob } from './queue.store.ts';
import {
  completeJob,
  enqueue,
  ensurePeriodic,
  extendLease,
  maxAttempts,
  rescheduleJob,
  returnJob,
  takeJob,
} from './queue.store.ts';
import { firstRun, nextRun, retryAt } from './schedule.ts';

export interface JobContext {
  /** As it was enqueued. */
  readonly body: unknown;
  /** Aborted when the process stops, or when the lease is lost. */
  readonly signal: AbortSignal;
}

/** One kind of job. Jobs run at least once: `run` must be safe to repeat, also after it stopped half-way. */
export interface JobKind {
  readonly kind: string;
  /** Milliseconds between runs, for jobs that nobody enqueues. */
  readonly every?: number;
  /** A periodic job that also runs whenever a server starts; with several workers, once for all. */
  readonly atStart?: boolean;
  run(context: JobContext): Promise<void>;
}

export interface WorkerOptions {
  readonly database: Database;
  readonly kinds: readonly JobKind[];
  readonly logger: Pick<Log['logger'], 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'job'>;
  readonly now: () => number;
  /** Between two looks at the queue, milliseconds. */
  readonly pollEvery?: number;
  readonly leaseFor?: number;
}

/** Works through due jobs one by one. Any number of processes may do so; each job runs in one of them. */
export class JobWorker {
  readonly #options: WorkerOptions;
  readonly #kinds: ReadonlyMap<string, JobKind>;
  readonly #leaseFor: number;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> = Promise.resolve();

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.#leaseFor = options.leaseFor ?? 60_000;
  }

  /**
   * Puts periodic jobs into the queue and looks at it from now on; never keeps the process alive. `first` = this is the
   * start of a server, which brings them forward; otherwise one of its workers only joins.
   */
  async start({ first = true }: { readonly first?: boolean } = {}): Promise<void> {
    const { database, now } = this.#options;
    for (const { kind, every, atStart } of this.#kinds.values()) {
      if (every === undefined) continue;
      const soon = firstRun(now(), every);
      if (first) await ensurePeriodic(database, kind, atStart === true ? now() : soon);
      else await enqueue(database, { kind, dedupe: 'periodic', runAt: soon });
    }
    this.#pollLater();
  }

  /** Aborts the job that runs and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#working;
  }

  /** Runs what is due now; returns how many jobs ran. */
  async runDue(): Promise<number> {
    for (let ran = 0; ; ran += 1) {
      if (this.#stopping.signal.aborted) return ran;
      const { database, now } = this.#options;
      const job = await takeJob(database, [...this.#kinds.keys()], now(), now() + this.#leaseFor);
      const kind = this.#kinds.get(job?.kind ?? '');
      if (job === null || kind === undefined) return ran;
      await this.#run(kind, job);
    }
  }

  #pollLater(): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#working = this.runDue()
        .catch((error: unknown) => this.#options.logger.error({ err: error }, 'the job queue cannot be read'))
        .then(() => this.#pollLater());
    }, this.#options.pollEvery ?? 5_000).unref();
  }

  async #run(kind: JobKind, job: TakenJob): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const lease = setInterval(() => void this.#extend(job, lost), this.#leaseFor / 3).unref();
    try {
      await kind.run({ body: job.body, signal });
      await this.#succeed(kind, job);
    } catch (error) {
      await this.#fail(kind, job, error);
    } finally {
      clearInterval(lease);
    }
  }

  async #extend(job: TakenJob, lost: AbortController): Promise<void> {
    const { database, now, logger } = this.#options;
    try {
      if (!(await extendLease(database, job, now() + this.#leaseFor))) lost.abort();
    } catch (error) {
      logger.warn({ err: error, kind: job.kind }, 'the lease of a job could not be extended');
    }
  }

  async #succeed(kind: JobKind, job: TakenJob): Promise<void> {
    const { database, now, metrics } = this.#options;
    if (kind.every === undefined) await completeJob(database, job);
    else await rescheduleJob(database, job, nextRun(now(), kind.every));
    metrics.job(kind.kind, 'done');
  }

  async #fail(kind: JobKind, job: TakenJob, error: unknown): Promise<void> {
    const { database, now, logger, metrics } = this.#options;
    if (this.#stopping.signal.aborted) {
      await returnJob(database, job, { runAt: now(), error: null, attempts: job.attempt - 1 });
      return;
    }
    // A periodic job is never given up: its next time comes anyway.
    const attempts = kind.every === undefined ? job.attempt : Math.min(job.attempt, maxAttempts - 1);
    const parked = attempts >= maxAttempts;
    const retry = retryAt(now(), job.attempt, kind.every);
    await returnJob(database, job, { runAt: retry, error: messageOf(error), attempts });
    metrics.job(kind.kind, parked ? 'parked' : 'failed');
    logger.error({ err: error, kind: kind.kind, attempt: job.attempt }, parked ? 'a job was given up' : 'a job failed');
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
