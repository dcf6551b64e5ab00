import { type KnownResource, noteUses } from '../catalog/upstream-resources.ts';
import type { Database } from '../database/database.ts';

/** What was written down within this time isn't written again: reading documents shall cost no writes. */
const precision = 6 * 3_600_000;

interface Use {
  readonly upstreamId: number;
  readonly resource: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** When documents of upstreams were asked for last, for those who clean up: gathered in memory, and coarse. */
export class ResourceUses {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #uses = new Map<string, Use>();

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  note(upstreamId: number, { resource, usedAt, checkedAt }: KnownResource): void {
    const at = this.#now();
    if (at - Math.max(usedAt ?? 0, checkedAt) < precision) return;
    this.#uses.set(`${upstreamId}\n${resource}`, { upstreamId, resource, at });
  }

  async flush(): Promise<void> {
    if (this.#uses.size === 0) return;
    // In one order everywhere, so that two processes don't wait for each other.
    const uses = [...this.#uses].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
    this.#uses.clear();
    await this.#database.transaction((tx) => noteUses(tx, uses));
  }
}
