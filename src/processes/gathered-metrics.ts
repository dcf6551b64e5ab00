import { addUp, countersOf, type Family, textOf } from '../lib/metric-families.ts';

/** A worker that is busy for longer is told of as it was when it last answered. */
const patience = 2_000;

interface Round {
  readonly number: number;
  readonly waitsFor: Set<number>;
  readonly done: () => void;
}

/**
 * The metrics of all workers in one text. Counters never fall: those of a worker that died stay as they were at the last
 * question, because a sum that falls looks to Prometheus like a restart of everything.
 */
export class GatheredMetrics {
  readonly #latest = new Map<number, readonly Family[]>();
  readonly #patience: number;
  #ofTheDead: readonly Family[] = [];
  #round: Round | null = null;
  #text: Promise<string> | null = null;
  #rounds = 0;

  constructor(patienceMs: number = patience) {
    this.#patience = patienceMs;
  }

  /** `own` are the primary's. Whoever asks while the workers are being asked gets the same answer. */
  text(workers: ReadonlyMap<number, (round: number) => void>, own: readonly Family[]): Promise<string> {
    this.#text ??= this.#gather(workers, own).finally(() => (this.#text = null));
    return this.#text;
  }

  /** A worker answered. */
  take(worker: number, round: number, families: readonly Family[]): void {
    this.#latest.set(worker, families);
    if (this.#round?.number === round) this.#heardOf(worker);
  }

  /** A worker died; another may get its number. */
  forget(worker: number): void {
    this.#ofTheDead = addUp([this.#ofTheDead, countersOf(this.#latest.get(worker) ?? [])]);
    this.#latest.delete(worker);
    this.#heardOf(worker);
  }

  async #gather(workers: ReadonlyMap<number, (round: number) => void>, own: readonly Family[]): Promise<string> {
    const number = ++this.#rounds;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#patience);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#round = { number, waitsFor: new Set(workers.keys()), done };
      for (const ask of workers.values()) ask(number);
      if (workers.size === 0) done();
    });
    this.#round = null;
    const inOrder = [...this.#latest].toSorted(([one], [other]) => one - other).map(([, families]) => families);
    return textOf(addUp([own, this.#ofTheDead, ...inOrder]));
  }

  #heardOf(worker: number): void {
    if (this.#round?.waitsFor.delete(worker) === true && this.#round.waitsFor.size === 0) this.#round.done();
  }
}
