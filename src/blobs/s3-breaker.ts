/** How many calls in a row must have failed, each after its repetitions. */
const patience = 3;
/** Milliseconds until one call may try whether the store is back. */
const pause = 5_000;

/**
 * Keeps requests from waiting for a store that is dead: after some failures calls are refused at once, but for one every
 * few seconds.
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #openedAt = 0;
  #isTrying = false;

  /** @param now a clock that never jumps, milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#failures >= patience;
  }

  /** Whether a call may be made; `succeeded` or `failed` must follow when it may. */
  admits(): boolean {
    if (!this.isOpen) return true;
    if (this.#isTrying || this.#now() - this.#openedAt < pause) return false;
    this.#isTrying = true;
    return true;
  }

  /** The store answered, whatever it said. */
  succeeded(): void {
    this.#failures = 0;
    this.#isTrying = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#openedAt = this.#now();
    this.#isTrying = false;
  }
}
