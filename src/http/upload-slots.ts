import { problem } from '../problems/problem.ts';

export interface UploadLimits {
  /** Uploads received at a time. */
  readonly total: number;
  /** Of these, by one caller: nobody takes all places. */
  readonly perCaller: number;
  /** Uploads that wait for a place. */
  readonly waiting: number;
  /** How long they do, milliseconds. */
  readonly patience: number;
}

/** An upload holds up to 1.5 MiB of memory, a file and a socket while it lasts. */
const defaults: UploadLimits = { total: 128, perCaller: 64, waiting: 1_000, patience: 60_000 };

interface Waiting {
  readonly caller: string;
  readonly admit: () => void;
}

/** Bounds the uploads that are received at a time. The others wait in line, their bodies unread. */
export class UploadSlots {
  readonly #limits: UploadLimits;
  readonly #taken = new Map<string, number>();
  readonly #line = new Set<Waiting>();
  #total = 0;

  constructor(limits: UploadLimits = defaults) {
    this.#limits = limits;
  }

  /** Resolves to what gives the place back; `too-many-requests` when the line is full, or the wait too long. */
  async take(caller: string): Promise<() => void> {
    if (this.#fits(caller)) this.#enter(caller);
    else await this.#wait(caller);
    let left = false;
    return () => {
      if (!left) this.#leave(caller);
      left = true;
    };
  }

  #fits(caller: string): boolean {
    return this.#total < this.#limits.total && (this.#taken.get(caller) ?? 0) < this.#limits.perCaller;
  }

  #enter(caller: string): void {
    this.#total++;
    this.#taken.set(caller, (this.#taken.get(caller) ?? 0) + 1);
  }

  #leave(caller: string): void {
    this.#total--;
    const taken = (this.#taken.get(caller) ?? 1) - 1;
    if (taken === 0) this.#taken.delete(caller);
    else this.#taken.set(caller, taken);
    for (const next of this.#line) {
      if (!this.#fits(next.caller)) continue;
      this.#line.delete(next);
      this.#enter(next.caller);
      next.admit();
      return;
    }
  }

  #wait(caller: string): Promise<void> {
    if (this.#line.size >= this.#limits.waiting) throw tooMany();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#line.delete(waiting);
        reject(tooMany());
      }, this.#limits.patience);
      const waiting: Waiting = {
        caller,
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#line.add(waiting);
    });
  }
}

function tooMany(): Error {
  return problem('too-many-requests', 'Too many uploads are under way; try again in a moment.', {
    'retry-after': '30',
  });
}
