/** Aborts `signal` when nothing moved for `limit` milliseconds; there is no limit for the whole. */
export class IdleWatch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #movedAt = 0;
  #reason: Error | null = null;

  constructor(limit: number) {
    this.#timer = setTimeout(() => this.abort(new StoodStill(limit)), limit);
  }

  /** Why the call was aborted, if it was. */
  get reason(): Error | null {
    return this.#reason;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** When something moved last, by `performance.now()`; 0 = never. */
  get movedAt(): number {
    return this.#movedAt;
  }

  /** Something moved. */
  touch(): void {
    this.#movedAt = performance.now();
    this.#timer.refresh();
  }

  abort(reason: Error): void {
    this.#reason ??= reason;
    this.cutOff();
  }

  /** Ends what is left of a request that has been answered. */
  cutOff(): void {
    this.#controller.abort();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Rejects when `work` takes longer than `limit` milliseconds. */
export function inTime<T>(work: Promise<T>, limit: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StoodStill(limit)), limit);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

class StoodStill extends Error {
  constructor(limit: number) {
    super(`nothing came or went for ${limit} ms`);
    this.name = 'TimeoutError';
  }
}
