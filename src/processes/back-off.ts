const longest = 30_000;
const shortLife = 60_000;

/** How long to wait before a dead worker is replaced: longer each time, until one has lived a minute. */
export class BackOff {
  #shortLives = 0;

  /** Milliseconds. `lived` is how long the dead one had been ready, 0 when it never was. */
  next(lived: number): number {
    if (lived >= shortLife) this.#shortLives = 0;
    return Math.min(longest, 250 * 2 ** this.#shortLives++);
  }
}
