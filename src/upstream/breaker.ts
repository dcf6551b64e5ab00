const failuresToOpen = 5;
const firstPause = 10_000;
const longestPause = 120_000;

/**
 * Keeps requests from an upstream that fails: after five failures in a row none are sent for ten seconds, then one, and
 * twice the pause when that fails too. Also holds back while the upstream itself says so (429, 503 with `Retry-After`).
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #openUntil = 0;
  #pause = firstPause;
  #heldUntil = 0;
  #probing = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until the next request may go; 0 = now. */
  get wait(): number {
    const now = this.#now();
    if (this.#heldUntil > now) return this.#heldUntil - now;
    if (this.#failures < failuresToOpen) return 0;
    if (this.#openUntil > now) return this.#openUntil - now;
    return this.#probing ? 1_000 : 0;
  }

  /** To be told before each request that goes out. */
  begin(): void {
    if (this.#failures >= failuresToOpen) this.#probing = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pause = firstPause;
    this.#probing = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#probing = false;
    if (this.#failures < failuresToOpen) return;
    if (this.#failures > failuresToOpen) this.#pause = Math.min(this.#pause * 2, longestPause);
    this.#openUntil = this.#now() + this.#pause;
  }

  /** The upstream asked for a pause, in seconds. */
  hold(seconds: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#now() + Math.min(seconds, 600) * 1_000);
  }
}
