import type { Worker } from 'node:cluster';
import type { Family } from '../lib/metric-families.ts';
import { BackOff } from './back-off.ts';
import { GatheredMetrics } from './gathered-metrics.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/** What is used of a forked worker. */
export type Forked = Pick<Worker, 'on' | 'send' | 'isConnected'> & {
  readonly process: Pick<Worker['process'], 'pid' | 'kill'>;
};

export interface WorkersOptions {
  readonly count: number;
  /** Starts the worker of a number. */
  readonly fork: (number: number) => Forked;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Replaced by tests. */
  readonly backOff?: () => BackOff;
}

interface Slot {
  readonly number: number;
  readonly backOff: BackOff;
  worker: Forked | null;
  /** `performance.now()` when it became ready; `null` as long as it isn't. */
  readySince: number | null;
  /** Why it could not start, in its own words. */
  reason: string | null;
  again: NodeJS.Timeout | null;
}

/** The workers of a primary: starts them, replaces those that die, and stops them. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #slots: readonly Slot[];
  readonly #metrics = new GatheredMetrics();
  #allGone: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#allGone = resolve));
  #started: ((url: string) => void) | null = null;
  #fail: (reason: Error) => void = () => undefined;
  #url = '';
  #stopping = false;
  #clean = true;
  #restarts = 0;

  /** Rejects when one can't start and no other serves; pending until then. */
  readonly failure = new Promise<never>((_resolve, reject) => (this.#fail = reject));

  constructor(options: WorkersOptions) {
    this.#options = options;
    const backOff = options.backOff ?? (() => new BackOff());
    this.#slots = Array.from({ length: options.count }, (_, index) => ({
      number: index + 1,
      backOff: backOff(),
      worker: null,
      readySince: null,
      reason: null,
      again: null,
    }));
    // Whoever waits for it hears of it; nobody may be waiting yet.
    this.failure.catch(() => undefined);
  }

  /** Starts all; resolves with their URL when each listens. `failure` rejects when one can't. */
  start(): Promise<string> {
    return new Promise((resolve) => {
      this.#started = resolve;
      for (const slot of this.#slots) this.#fork(slot);
    });
  }

  /** Lets all finish what is under way; resolves when they have ended, `true` when each ended well. */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    for (const slot of this.#slots) {
      if (slot.again !== null) clearTimeout(slot.again);
      tell(slot.worker, { kind: 'stop' });
    }
    this.#noteEnd();
    await this.#ended;
    return this.#clean;
  }

  /** Ends all at once. */
  kill(): void {
    this.#stopping = true;
    for (const { worker } of this.#slots) worker?.process.kill('SIGKILL');
  }

  #fork(slot: Slot): void {
    const worker = this.#options.fork(slot.number);
    slot.worker = worker;
    slot.readySince = null;
    slot.reason = null;
    let exit: { code: number | null; signal: string | null } | null = null;
    let disconnected = false;
    // What it said last arrives before it is disconnected, but maybe after it has ended.
    const note = (): void => {
      if (exit !== null && disconnected) this.#gone(slot, exit);
    };
    worker.on('message', (message: ToPrimary) => this.#hear(slot, message));
    worker.on('error', (error) => {
      slot.reason ??= error.message;
      // It could not even be started: nothing else will be heard of it.
      if (worker.process.pid === undefined && slot.worker === worker) this.#gone(slot, { code: 1, signal: null });
    });
    worker.on('exit', (code, signal) => {
      exit = { code, signal };
      disconnected ||= !worker.isConnected();
      note();
    });
    worker.on('disconnect', () => {
      disconnected = true;
      note();
    });
    if (this.#stopping) tell(worker, { kind: 'stop' });
  }

  #hear(slot: Slot, message: ToPrimary): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready(slot, message.url);
      case 'failed':
        slot.reason = message.reason;
        return;
      case 'metrics':
        return this.#metrics.take(slot.number, message.round, message.families);
      case 'want-metrics':
        return void this.#answerMetrics(slot.worker, message.question);
    }
  }

  #ready(slot: Slot, url: string): void {
    slot.readySince = performance.now();
    this.#url = url;
    if (this.#started === null) {
      this.#options.logger.info({ number: slot.number, pid: slot.worker?.process.pid }, 'a worker was replaced');
    } else if (this.#slots.every(({ readySince }) => readySince !== null)) {
      this.#started(this.#url);
      this.#started = null;
    }
  }

  #gone(slot: Slot, { code, signal }: { code: number | null; signal: string | null }): void {
    const { number, readySince, worker } = slot;
    slot.worker = null;
    slot.readySince = null;
    this.#metrics.forget(number);
    if (this.#stopping) {
      this.#clean &&= code === 0;
      return this.#noteEnd();
    }
    const how = signal === null ? `exit code ${code}` : signal;
    const reason = slot.reason ?? `Worker ${number} ended with ${how} before it was ready.`;
    if (readySince === null && (this.#started !== null || !this.#anyServes())) return this.#fail(new Error(reason));
    const wait = slot.backOff.next(readySince === null ? 0 : performance.now() - readySince);
    const facts = { number, pid: worker?.process.pid, code, signal, reason: slot.reason ?? undefined, wait };
    this.#options.logger.warn(facts, 'a worker ended; another will take its place');
    this.#restarts += 1;
    slot.again = setTimeout(() => this.#fork(slot), wait);
  }

  #anyServes(): boolean {
    return this.#slots.some(({ readySince }) => readySince !== null);
  }

  #noteEnd(): void {
    if (this.#slots.every(({ worker }) => worker === null)) this.#allGone();
  }

  async #answerMetrics(asker: Forked | null, question: number): Promise<void> {
    const ready = this.#slots.filter(({ readySince }) => readySince !== null);
    const questions = new Map(
      ready.map(({ number, worker }) => [number, (round: number) => tell(worker, { kind: 'report-metrics', round })]),
    );
    const text = await this.#metrics.text(questions, this.#ownMetrics(ready.length));
    tell(asker, { kind: 'metrics-text', question, text });
  }

  #ownMetrics(serving: number): readonly Family[] {
    return [
      {
        name: 'packyard_workers',
        help: 'Worker processes that serve.',
        type: 'gauge',
        values: [{ labels: {}, value: serving }],
      },
      {
        name: 'packyard_worker_replacements_total',
        help: 'Worker processes that ended and had to be replaced.',
        type: 'counter',
        values: [{ labels: {}, value: this.#restarts }],
      },
    ];
  }
}

/** A worker that is ending hears nothing any more; it needn't. */
function tell(worker: Forked | null, message: ToWorker): void {
  if (worker?.isConnected() === true) worker.send(message, () => undefined);
}
