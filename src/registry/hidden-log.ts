import { LRUCache } from 'lru-cache';
import { type NewHiddenVersion, noteHidden, trimHidden } from '../catalog/hidden-versions.ts';
import type { Database } from '../database/database.ts';
import type { Hidden } from '../policy/upstream-policy.ts';
import type { Name } from './model.ts';

/** An answer of a virtual registry from which versions of an upstream were left out, or would have been. */
export interface Sighting {
  readonly registryId: number;
  readonly upstreamId: number;
  readonly name: Name;
  readonly dryRun: boolean;
  /** The same for the same versions, hidden for the same reasons. */
  readonly state: string;
  readonly hidden: readonly (Hidden & { readonly version: string | null })[];
}

interface Waiting extends Sighting {
  times: number;
  lastAt: number;
}

/** What is seen again and again is written down so often at most, milliseconds. */
const pause = 10 * 60_000;
const mostWaiting = 1_000;
/** Of one answer the newest: rules that allow little hide thousands of a package. */
const mostVersions = 100;

/** What policy hides, counted in memory and written down in batches: no answer waits for it. */
export class HiddenLog {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #writtenAt = new LRUCache<string, number>({ max: 10_000 });
  readonly #waiting = new Map<string, Waiting>();

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  note(sighting: Sighting): void {
    const { registryId, upstreamId, name, state, dryRun } = sighting;
    const key = `${registryId} ${upstreamId} ${dryRun} ${name.key} ${state}`;
    const known = this.#waiting.get(key);
    if (known !== undefined) {
      known.times += 1;
      known.lastAt = this.#now();
    } else if (this.#waiting.size < mostWaiting) {
      const hidden = sighting.hidden.slice(-mostVersions);
      this.#waiting.set(key, { ...sighting, hidden, times: 1, lastAt: this.#now() });
    }
  }

  /** Writes down what is new, and what is due. `all`: the rest too. */
  async flush({ all = false }: { readonly all?: boolean } = {}): Promise<void> {
    const now = this.#now();
    const due = [...this.#waiting].filter(([key]) => all || now - (this.#writtenAt.get(key) ?? -pause) >= pause);
    if (due.length === 0) return;
    for (const [key] of due) this.#waiting.delete(key);
    try {
      await this.#database.transaction(async (tx) => {
        for (const row of rowsOf(due.map(([, waiting]) => waiting))) await noteHidden(tx, row);
        for (const id of new Set(due.map(([, { registryId }]) => registryId))) await trimHidden(tx, id);
      });
      for (const [key] of due) this.#writtenAt.set(key, now);
    } catch (error) {
      for (const [key, waiting] of due) this.#restore(key, waiting);
      throw error;
    }
  }

  #restore(key: string, waiting: Waiting): void {
    const newer = this.#waiting.get(key);
    if (newer === undefined) this.#waiting.set(key, waiting);
    else newer.times += waiting.times;
  }
}

/** In one order for all processes: none waits for another that waits for it. */
function rowsOf(waiting: readonly Waiting[]): NewHiddenVersion[] {
  const rows = waiting.flatMap(({ registryId, upstreamId, name, dryRun, times, lastAt, hidden }) =>
    hidden.map(({ version, rule, reason }): NewHiddenVersion => {
      const what = { nameKey: name.key, name: name.display, version: version ?? '', rule, reason };
      return { registryId, upstreamId, ...what, dryRun, times, lastSeenAt: lastAt };
    }),
  );
  return rows.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ registryId, upstreamId, nameKey, version, rule }: NewHiddenVersion): string {
  return JSON.stringify([registryId, upstreamId, nameKey, version, rule]);
}
