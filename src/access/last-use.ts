import { LRUCache } from 'lru-cache';
import { touchTokens } from '../catalog/tokens.ts';
import type { Database } from '../database/database.ts';

/** How exactly the last use of a token is known, in milliseconds. */
const resolution = 60_000;

/** Remembers which tokens were used, and writes it down for many at once. */
export class LastUse {
  readonly #noted = new LRUCache<number, number>({ max: 10_000 });
  #pending = new Set<number>();

  note(tokenId: number, lastUsedAt: number | null, now: number): void {
    const before = this.#noted.get(tokenId) ?? lastUsedAt;
    if (before !== null && now - before < resolution) return;
    this.#noted.set(tokenId, now);
    this.#pending.add(tokenId);
  }

  async flush(db: Database, now: number): Promise<void> {
    if (this.#pending.size === 0) return;
    const ids = [...this.#pending];
    this.#pending = new Set();
    try {
      await db.transaction((tx) => touchTokens(tx, ids, now));
    } catch (error) {
      for (const id of ids) this.#pending.add(id);
      throw error;
    }
  }
}
