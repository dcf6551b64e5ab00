import type { BlobStore, StagingProgress } from '../blobs/blob-store.ts';
import type { CachedFile } from '../catalog/upstream-files.ts';
import { PieceMemory } from '../lib/piece-memory.ts';
import type { Pieces } from '../lib/pieces.ts';

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
    const memory = new PieceMemory();
    let at = 0;
    let rest: Pieces | null = null;
    return {
      next: async () => {
        if (rest !== null) return rest.next();
        const come = await this.#next(at, memory);
        if (Buffer.isBuffer(come)) {
          at += come.length;
          return come;
        }
        // Its own memory from here on.
        memory.end(true);
        if (at === come.size) return null;
        rest = await this.#blobs.lend(come.digests.sha256, { start: at, end: come.size - 1 });
        return rest.next();
      },
      close: (free) => {
        memory.end(free);
        rest?.close(free);
      },
    };
  }

  /** Bytes from there on, as soon as there are some, or the file once it is here. */
  async #next(at: number, memory: PieceMemory): Promise<Buffer | CachedFile> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#file !== null) return this.#file;
      const changed = this.#changed;
      const piece = await this.#available(at, memory);
      if (piece !== null) return piece;
      await changed;
    }
  }

  /** Bytes from there on, all but the last that have come; `null` = none for now. */
  async #available(at: number, memory: PieceMemory): Promise<Buffer | null> {
    const progress = this.#progress;
    const length = progress === null ? 0 : progress.readable - 1 - at;
    if (progress === null || length <= 0) return null;
    const into = memory.take(length);
    try {
      const count = await progress.read(at, into);
      return count === 0 ? null : into.subarray(0, count);
    } catch {
      // It ended meanwhile, well or badly, or begins anew: whoever ended it will say so.
      return null;
    }
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
