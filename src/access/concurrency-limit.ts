import { problem } from '../problems/problem.ts';

/** Runs a few pieces of expensive work at a time; the others wait in line, and beyond that are sent away. */
export class ConcurrencyLimit {
  readonly #most: { readonly running: number; readonly waiting: number };
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: { readonly running: number; readonly waiting: number }) {
    this.#most = most;
  }

  /** `too-many-requests` when the line is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most.running) await this.#wait();
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, if there is one.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#most.waiting) {
      throw problem('too-many-requests', 'Too many sign-ins at once; try again in a moment.', { 'retry-after': '1' });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
