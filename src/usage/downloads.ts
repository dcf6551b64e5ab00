import { addDownloads } from '../catalog/versions.ts';
import type { Database } from '../database/database.ts';

interface Count {
  count: number;
  lastAt: number;
}

/** Downloads, counted in memory and written in batches: a download waits for no transaction. */
export class Downloads {
  readonly #database: Database;
  readonly #now: () => number;
  #counts = new Map<number, Count>();

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  count(versionId: number): void {
    const known = this.#counts.get(versionId);
    if (known === undefined) {
      this.#counts.set(versionId, { count: 1, lastAt: this.#now() });
    } else {
      known.count++;
      known.lastAt = this.#now();
    }
  }

  /** Writes what was counted since the last flush; keeps it when the database can't take it now. */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    try {
      await this.#database.transaction(async (tx) => {
        // By id, so that two processes don't wait for each other.
        const sorted = [...counts].sort(([a], [b]) => a - b);
        for (const [versionId, { count, lastAt }] of sorted) await addDownloads(tx, versionId, count, lastAt);
      });
    } catch (error) {
      for (const [versionId, { count, lastAt }] of counts) this.#restore(versionId, count, lastAt);
      throw error;
    }
  }

  #restore(versionId: number, count: number, lastAt: number): void {
    const newer = this.#counts.get(versionId);
    this.#counts.set(versionId, {
      count: count + (newer?.count ?? 0),
      lastAt: Math.max(lastAt, newer?.lastAt ?? 0),
    });
  }
}
