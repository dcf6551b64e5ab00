/** Fairness between processes that write to one SQLite file: the engine's lock has no queue. */
import { setImmediate as endOfTurn, setTimeout as delay } from 'node:timers/promises';
import type { SqliteConnection, SqliteStatement } from './sqlite-driver.ts';

/** How long another process counts as writing after its last commit, milliseconds. */
const ACTIVE = 250;

/** Long enough for a waiting process to look whether the lock is free, see `pause`. */
const COURTESY = 3;

/**
 * A process that has just held the write lock would take it again before any other looks. As long as others write too,
 * it leaves them a moment first; alone, it waits for nothing.
 */
export class WriteTurns {
  readonly #dataVersion: SqliteStatement;
  readonly #wait: (milliseconds: number) => Promise<unknown>;
  #seen: unknown;
  #othersAt = Number.NEGATIVE_INFINITY;
  #releasedAt = Number.NEGATIVE_INFINITY;

  /** `wait` is replaced by tests. */
  constructor(connection: SqliteConnection, wait: (milliseconds: number) => Promise<unknown> = delay) {
    this.#dataVersion = connection.prepare('pragma data_version');
    this.#wait = wait;
  }

  /** To be awaited before the lock is asked for. */
  async await(): Promise<void> {
    await endOfTurn();
    const now = performance.now();
    if (now - this.#othersAt < ACTIVE && now - this.#releasedAt < COURTESY) await this.#wait(COURTESY);
  }

  /** The lock was held and is free again. */
  released(): void {
    this.#releasedAt = performance.now();
    // Changes with the commits of all connections but its own. https://www.sqlite.org/pragma.html#pragma_data_version
    const version = this.#dataVersion.get([])?.['data_version'];
    if (this.#seen !== undefined && version !== this.#seen) this.#othersAt = this.#releasedAt;
    this.#seen = version;
  }
}
