import type { Staging } from '../blobs/blob-store.ts';
import type { StagedFile } from './model.ts';

/** The uploads that one request has received: discarded with it, unless a publication committed them. */
export class StagedUploads {
  readonly #held = new Set<Staging>();
  #over = false;

  /** An upload that is complete only when the request is over (its other half was refused) is discarded at once. */
  async hold(staging: Staging): Promise<void> {
    if (this.#over) await staging.discard();
    else this.#held.add(staging);
  }

  find(file: StagedFile): Staging | undefined {
    for (const staging of this.#held) if (staging === file) return staging;
    return undefined;
  }

  /** Frees whatever is held; safe to call after a publish. */
  async release(): Promise<void> {
    this.#over = true;
    for (const staging of this.#held) await staging.discard();
    this.#held.clear();
  }
}
