import cluster from 'node:cluster';
import { type Family, labelGauges } from '../lib/metric-families.ts';
import { numberVariable, type ToPrimary, type ToWorker } from './messages.ts';

/** A worker's connection to its primary. */
export class WorkerLink {
  /** From 1; a worker that replaces a dead one gets its number. */
  readonly number: number;
  readonly #questions = new Map<number, (text: string) => void>();
  #asked = 0;
  #families: (() => Promise<readonly Family[]>) | null = null;
  #stop: (() => void) | null = null;
  #stopWanted = false;

  constructor(number: number) {
    this.number = number;
    process.on('message', (message: ToWorker) => this.#hear(message));
  }

  /** What to do when the primary wants this worker to end. */
  onStop(stop: () => void): void {
    this.#stop = stop;
    if (this.#stopWanted) stop();
  }

  ready(url: string): void {
    tell({ kind: 'ready', url });
  }

  failed(reason: string): void {
    tell({ kind: 'failed', reason });
  }

  /** Takes what reads this worker's metrics; the result reads those of all workers, as text. */
  joinMetrics(families: () => Promise<readonly Family[]>): () => Promise<string> {
    this.#families = families;
    return () =>
      new Promise((resolve) => {
        const question = ++this.#asked;
        this.#questions.set(question, resolve);
        tell({ kind: 'want-metrics', question });
      });
  }

  /** Lets the process end; what was told before still arrives. Whatever holds it up does not do so for long. */
  close(): void {
    cluster.worker?.disconnect();
    setTimeout(() => process.exit(), 5_000).unref();
  }

  #hear(message: ToWorker): void {
    switch (message.kind) {
      case 'stop':
        this.#stopWanted = true;
        return this.#stop?.();
      case 'report-metrics':
        return void this.#report(message.round);
      case 'metrics-text':
        this.#questions.get(message.question)?.(message.text);
        this.#questions.delete(message.question);
    }
  }

  async #report(round: number): Promise<void> {
    const families = await this.#families?.().catch(() => null);
    // Without an answer, the primary tells of this worker as it was.
    if (families != null) tell({ kind: 'metrics', round, families: labelGauges(families, this.number) });
  }
}

/** The link of this process; `null` when it is not a worker. */
export function workerLink(): WorkerLink | null {
  const number = Number(process.env[numberVariable]);
  return cluster.isWorker && number > 0 ? new WorkerLink(number) : null;
}

/** To a primary that has gone, nothing can be told: the process ends then anyway. */
function tell(message: ToPrimary): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
