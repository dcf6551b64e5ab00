import type { BlobStore, StagingProgress } from '../blobs/blob-store.ts';
import type { CachedFile } from '../catalog/upstream-files.ts';
import type { Pieces } from '../lib/pieces.ts';
import { WindowReader } from '../lib/window-reader.ts';

/**
 * A file on its way from an upstream, which any number of clients read along while it comes. Its last byte is given to
 * nobody before its digests are known to be right: a wrong file is a broken transfer for all of them.
 */
export class Arrival {
  /** As the upstream announced it; `null` = it didn't. */
  readonly size: number | null;
  /** Resolves when the file is here and right; rejects when it isn't. */
  readonly settled: Promise<CachedFile>;
  readonly #blobs: BlobStore;
  #progress: StagingProgress | null = null;
  #file: CachedFile | null = null;
  #failure: Error | null = null;
  #changed: Promise<void>;
  #wake: () => void = () => {};
  #settle!: (file: CachedFile) => void;
  #fail!: (error: Error) => void;

  constructor(size: number | null, blobs: BlobStore) {
    this.size = size;
    this.#blobs = blobs;
    this.settled = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // Nobody may be waiting.
    this.settled.catch(() => undefined);
    this.#changed = this.#nextChange();
  }

  /** More can be read. */
  progress(progress: StagingProgress): void {
    this.#progress = progress;
    this.#tell();
  }

  settle(file: CachedFile): void {
    this.#file = file;
    this.#settle(file);
    this.#tell();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#fail(error);
    this.#tell();
  }

  /** From the start; fails when the file turns out wrong, or breaks off. */
  open(): Pieces {
    const reader = new WindowReader(this, (start, into) => this.#readAt(start, into));
    let at = 0;
    let rest: Pieces | null = null;
    return {
      next: async () => {
        if (rest !== null) return rest.next();
        const come = await this.#next(at, reader);
        if (Buffer.isBuffer(come)) {
          at += come.length;
          return come;
        }
        reader.close(true);
        if (at === come.size) return null;
        rest = await this.#blobs.lend(come.digests.sha256, { start: at, end: come.size - 1 });
        return rest.next();
      },
      close: (free) => {
        reader.close(free);
        rest?.close(free);
      },
    };
  }

  /** Bytes from there on, as soon as there are some, or the file once it is here. */
  async #next(at: number, reader: WindowReader): Promise<Buffer | CachedFile> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#file !== null) return this.#file;
      const changed = this.#changed;
      const end = this.#come;
      // A read fails when the transfer ended meanwhile, well or badly, or begins anew: whoever ended it will say so.
      const piece = at < end ? await reader.next(at, end).catch(() => null) : null;
      if (piece !== null) return piece;
      await changed;
    }
  }

  /** What may be given: all that has come but the last byte. */
  get #come(): number {
    return (this.#progress?.readable ?? 0) - 1;
  }

  async #readAt(start: number, into: Buffer): Promise<number> {
    const length = Math.min(into.length, this.#come - start);
    return this.#progress === null || length <= 0 ? 0 : this.#progress.read(start, into.subarray(0, length));
  }

  #tell(): void {
    this.#wake();
    this.#changed = this.#nextChange();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
