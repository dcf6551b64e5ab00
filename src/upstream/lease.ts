import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { dropLease, extendLease, takeLease } from './lease.store.ts';

/** When its holder is killed, others wait so long, milliseconds: less than the fifteen seconds that pip waits for a byte. */
const leaseFor = 12_000;
const firstPause = 50;
const longestPause = 1_000;

/**
 * One piece of work for several processes: who holds the lease works, others look whether the work is done. A process
 * that dies loses its lease, and the next one works.
 */
export class Leases {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #owner = randomUUID();

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** `done` is what another process may have done meanwhile; `work` runs in one process at a time. */
  async run<T>(name: string, done: () => Promise<T | null>, work: () => Promise<T>): Promise<T> {
    for (let wait = firstPause; ; wait = Math.min(wait * 2, longestPause)) {
      if (await this.#take(name)) return this.#work(name, done, work);
      await pause(wait * (0.5 + Math.random()));
      const theirs = await done();
      if (theirs !== null) return theirs;
    }
  }

  #take(name: string): Promise<boolean> {
    return takeLease(this.#database, { name, owner: this.#owner, now: this.#now(), until: this.#now() + leaseFor });
  }

  async #work<T>(name: string, done: () => Promise<T | null>, work: () => Promise<T>): Promise<T> {
    const renewing = setInterval(() => {
      const until = this.#now() + leaseFor;
      extendLease(this.#database, { name, owner: this.#owner, until }).catch(() => undefined);
    }, leaseFor / 3).unref();
    try {
      // It may have been done between our look and our lease.
      return (await done()) ?? (await work());
    } finally {
      clearInterval(renewing);
      await dropLease(this.#database, name, this.#owner).catch(() => undefined);
    }
  }
}
