import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type AnswerTrace, findTrace, putTrace, trimTraces } from '../catalog/answer-traces.ts';
import type { Database } from '../database/database.ts';
import type { Trace, TraceStep } from './trace.ts';

/** What is said of an answer, to those who ask about it. */
export interface KeptTrace extends Omit<AnswerTrace, 'steps'> {
  readonly steps: readonly TraceStep[];
}

export interface TracesOptions {
  readonly database: Database;
  /** Makes numbers that nobody can guess: what others were answered is told to those who were told the number. */
  readonly secret: string;
  readonly now: () => number;
}

const hour = 3_600_000;
const kept = 24 * hour;
/** New ones are written down so soon, milliseconds. */
const soon = 250;
const mostWaiting = 5_000;
/** After so many the table is trimmed, also within the hour: names can be made up faster. */
const trimsEvery = 10_000;
const mostHidden = 200;

/**
 * Traces for all processes. The same answer has the same number, which is a digest of its state: so each state is written
 * down once, however often it is answered, and an answer from memory costs nothing. See
 * `docs/decisions/0018-traces.md`.
 */
export class Traces {
  readonly #options: TracesOptions;
  readonly #written = new LRUCache<string, true>({ max: 20_000, ttl: kept / 2 });
  readonly #ids = new LRUCache<string, string>({
    maxSize: 2 ** 20,
    sizeCalculation: (_id, state) => state.length + 100,
  });
  #waiting = new Map<string, AnswerTrace>();
  #timer: NodeJS.Timeout | null = null;
  #trimmedAt = 0;
  #sinceTrimmed = 0;

  constructor(options: TracesOptions) {
    this.#options = options;
  }

  /** The number of an answer to what was asked below the mount; its trace is written down soon. */
  keep({ steps, registryId }: Trace, asked: string): string {
    const state = JSON.stringify([registryId, asked, steps.map(identityOf)]);
    const id = this.#idOf(state);
    if (this.#written.has(id) || this.#waiting.size >= mostWaiting) return id;
    this.#written.set(id, true);
    this.#waiting.set(id, {
      id,
      registryId,
      asked: asked.slice(0, 1_000),
      steps: JSON.stringify(steps.map(shortened)),
      seenAt: this.#options.now(),
    });
    // What can't be written now is tried again, and told, by the next regular flush.
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), soon).unref();
    return id;
  }

  #idOf(state: string): string {
    const known = this.#ids.get(state);
    if (known !== undefined) return known;
    const id = createHmac('sha256', this.#options.secret).update(state).digest('hex').slice(0, 16);
    this.#ids.set(state, id);
    return id;
  }

  async find(id: string): Promise<KeptTrace | null> {
    const found = this.#waiting.get(id) ?? (await findTrace(this.#options.database, id));
    return found === undefined ? null : { ...found, steps: JSON.parse(found.steps) as TraceStep[] };
  }

  /** Writes down what is new. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.size === 0) return;
    const traces = this.#waiting;
    this.#waiting = new Map();
    const now = this.#options.now();
    this.#sinceTrimmed += traces.size;
    const trims = now - this.#trimmedAt > hour || this.#sinceTrimmed >= trimsEvery;
    try {
      await this.#options.database.transaction(async (tx) => {
        for (const trace of inOrder(traces)) await putTrace(tx, trace);
        if (trims) await trimTraces(tx, now - kept);
      });
      if (trims) [this.#trimmedAt, this.#sinceTrimmed] = [now, 0];
    } catch (error) {
      for (const [id, trace] of traces) this.#waiting.set(id, trace);
      throw error;
    }
  }
}

/** By id, so that two processes don't wait for each other. */
function inOrder(traces: ReadonlyMap<string, AnswerTrace>): AnswerTrace[] {
  return [...traces.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What tells one state from another, as briefly as can be. */
function identityOf({ hidden, warnings, state, versions: _versions, ...said }: TraceStep): unknown {
  return [said, state ?? [hidden, warnings]];
}

/** The newest of very many. */
function shortened(step: TraceStep): TraceStep {
  return { ...step, hidden: step.hidden.slice(-mostHidden), warnings: step.warnings.slice(-mostHidden) };
}
