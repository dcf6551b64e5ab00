import type { Readable } from 'node:stream';
import type { Digests } from '../lib/digests.ts';
import type { Staging } from './blob-store.ts';

/** What every staged upload has in common: commits come one after another, and nothing is left when it was discarded. */
export abstract class StagedUpload implements Staging {
  readonly size: number;
  readonly digests: Digests;
  readonly bytes: Buffer | null;
  #committed: Promise<void> | null = null;
  #discarded: Promise<void> | null = null;

  constructor(size: number, digests: Digests, bytes: Buffer | null) {
    this.size = size;
    this.digests = digests;
    this.bytes = bytes;
  }

  abstract open(): Readable;
  abstract read(start: number, length: number): Promise<Buffer>;
  protected abstract place(): Promise<void>;
  protected abstract release(): Promise<void>;

  /**
   * A failed commit stays failed: a sync must not be tried again. A repeated one looks again, and puts the bytes back when
   * collect-garbage has removed them meanwhile.
   */
  commit(): Promise<void> {
    if (this.#discarded !== null) {
      return this.#committed ?? Promise.reject(new Error('An upload was committed after it was discarded.'));
    }
    this.#committed = this.#committed === null ? this.place() : this.#committed.then(() => this.place());
    return this.#committed;
  }

  discard(): Promise<void> {
    this.#discarded ??= this.#releaseAfterCommit();
    return this.#discarded;
  }

  async #releaseAfterCommit(): Promise<void> {
    await this.#committed?.catch(() => undefined);
    await this.release();
  }
}
