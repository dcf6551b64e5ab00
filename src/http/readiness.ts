import type { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../database/database.ts';
import { probeDatabase } from '../database/probe.ts';

/** Probing writes to the disk: the outcome is good for this long, milliseconds. */
const goodFor = 3_000;

/** Whether this process can serve: both stores answer, and it is not about to stop. */
export class Readiness {
  readonly #database: Database;
  readonly #blobs: BlobStore;
  readonly #now: () => number;
  #draining = false;
  #known: { at: number; failing: Promise<readonly string[]> } | null = null;

  constructor(database: Database, blobs: BlobStore, now: () => number) {
    this.#database = database;
    this.#blobs = blobs;
    this.#now = now;
  }

  get draining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }

  /** Names of the parts that fail. */
  failing(): Promise<readonly string[]> {
    if (this.#draining) return Promise.resolve(['shutting down']);
    const now = this.#now();
    if (this.#known === null || now - this.#known.at > goodFor) this.#known = { at: now, failing: this.#probe() };
    return this.#known.failing;
  }

  async #probe(): Promise<readonly string[]> {
    const outcomes = await Promise.all([
      fails('database', probeDatabase(this.#database)),
      fails('blobs', this.#blobs.probe()),
    ]);
    return outcomes.filter((name) => name !== null);
  }
}

async function fails(name: string, probe: Promise<unknown>): Promise<string | null> {
  try {
    await probe;
    return null;
  } catch {
    return name;
  }
}
