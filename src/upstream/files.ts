import { type CachedFile, countUse, findCachedFile, touchCachedFile } from '../catalog/upstream-files.ts';
import type { Arrival } from './arrival.ts';
import { beginFill, type Fill, type FillOrder, type FillServices } from './fill.ts';
import type { Leases } from './lease.ts';
import { found, type Outcome } from './outcome.ts';

export interface FilesOptions extends FillServices {
  /** `null` where no other process shares the database. */
  readonly leases: Leases | null;
}

/** A fetch as those see it who may join it: until it is closed. */
interface Flight {
  readonly answer: (outcome: Outcome<CachedFile | Arrival>) => void;
  readonly close: () => void;
}

/** Files of upstreams: those that are here, and those on their way, one request for all who want one. */
export class UpstreamFiles {
  readonly #options: FilesOptions;
  readonly #fills = new Map<string, Promise<Outcome<CachedFile | Arrival>>>();
  readonly #ending = new Set<Promise<void>>();
  readonly #uses = new Map<number, { downloads: number; lastAt: number }>();

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  /** What is here, however old. */
  async cached(upstreamId: number, fileKey: string): Promise<CachedFile | null> {
    return (await findCachedFile(this.#options.database, upstreamId, fileKey)) ?? null;
  }

  /** `true` = it can be given without asking its upstream. `validity` in milliseconds. */
  isFresh(file: CachedFile, validity: number): boolean {
    return !file.mutable || this.#options.now() - file.checkedAt < validity;
  }

  /** Fetches a file, or joins those who do. Old files that the upstream can't confirm now are given as they are. */
  async fetch(order: FillOrder): Promise<Outcome<CachedFile | Arrival>> {
    const key = `${order.site.id}\n${order.site.baseUrl}\n${order.fileKey}`;
    let begun = this.#fills.get(key);
    if (begun === undefined) {
      begun = this.#begin(key, order);
      this.#fills.set(key, begun);
    }
    const outcome = await begun.catch((error: unknown) => {
      if (order.known === null) throw error;
      return found(order.known);
    });
    return outcome.outcome === 'failed' && order.known !== null ? found(order.known) : outcome;
  }

  /** One more download; written down by `flush`. */
  count(fileId: number): void {
    this.#add(fileId, 1, this.#options.now());
  }

  #add(fileId: number, downloads: number, at: number): void {
    const known = this.#uses.get(fileId) ?? { downloads: 0, lastAt: 0 };
    this.#uses.set(fileId, { downloads: known.downloads + downloads, lastAt: Math.max(known.lastAt, at) });
  }

  /** Writes down what was counted since the last time; keeps it when the database can't take it now. */
  async flush(): Promise<void> {
    if (this.#uses.size === 0) return;
    // By id, so that two processes don't wait for each other.
    const uses = [...this.#uses].sort(([a], [b]) => a - b);
    this.#uses.clear();
    try {
      await this.#options.database.transaction(async (tx) => {
        for (const [id, { downloads, lastAt }] of uses) await countUse(tx, id, downloads, lastAt);
      });
    } catch (error) {
      for (const [id, { downloads, lastAt }] of uses) this.#add(id, downloads, lastAt);
      throw error;
    }
  }

  /** Resolves when no fetch is under way any more: after the signal of the options was aborted. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#ending);
  }

  #begin(key: string, order: FillOrder): Promise<Outcome<CachedFile | Arrival>> {
    let begin!: (outcome: Outcome<CachedFile | Arrival>) => void;
    let fail!: (error: unknown) => void;
    const begun = new Promise<Outcome<CachedFile | Arrival>>((resolve, reject) => {
      begin = resolve;
      fail = reject;
    });
    // Nobody joins what has failed, or is over.
    const close = (): void => {
      if (this.#fills.get(key) === begun) this.#fills.delete(key);
    };
    const answer = (outcome: Outcome<CachedFile | Arrival>): void => {
      if (outcome.outcome !== 'found') close();
      begin(outcome);
    };
    const ended = this.#whole(key, order, { answer, close })
      .catch((error: unknown) => {
        close();
        fail(error);
      })
      .finally(() => {
        close();
        this.#ending.delete(ended);
      });
    this.#ending.add(ended);
    return begun;
  }

  /** Holds the lease until the file is here, while those who asked in this process read it already. */
  async #whole(key: string, order: FillOrder, { answer, close }: Flight): Promise<void> {
    const work = async (): Promise<true> => {
      const fill: Fill = beginFill(this.#options, order);
      answer(await this.#confirmed(order, await fill.begun));
      await fill.ended;
      close();
      return true;
    };
    const { leases } = this.#options;
    if (leases === null) {
      await work();
      return;
    }
    await leases.run(`file ${key}`, () => this.#theirs(order, answer), work);
  }

  /** What another process has fetched since we looked. */
  async #theirs(
    { site, fileKey, known }: FillOrder,
    answer: (outcome: Outcome<CachedFile | Arrival>) => void,
  ): Promise<true | null> {
    const file = await this.cached(site.id, fileKey);
    if (file === null || (known !== null && file.checkedAt <= known.checkedAt)) return null;
    answer(found(file));
    return true;
  }

  /** The upstream said that an old file is still the one. */
  async #confirmed(
    { known }: FillOrder,
    outcome: Outcome<CachedFile | Arrival>,
  ): Promise<Outcome<CachedFile | Arrival>> {
    if (known === null || outcome.outcome !== 'found' || outcome.value !== known) return outcome;
    const now = this.#options.now();
    await this.#options.database.transaction((tx) => touchCachedFile(tx, known.id, now));
    return found({ ...known, checkedAt: now });
  }
}
