import { Readable } from 'node:stream';
import type { BlobStore, StagingProgress } from '../blobs/blob-store.ts';
import type { CachedFile } from '../catalog/upstream-files.ts';

/** Small: hundreds may read along, and each holds a few of them. */
const chunkSize = 32 * 1024;

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

  /** From the start; destroyed with an error when the file turns out wrong, or breaks off. */
  open(): Readable {
    // One chunk at a time: no reading ahead.
    return Readable.from(this.#read(), { objectMode: false, highWaterMark: 1 });
  }

  async *#read(): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#file !== null) return yield* this.#rest(this.#file, at);
      const changed = this.#changed;
      const chunk = await this.#available(at);
      if (chunk === null) await changed;
      else {
        yield chunk;
        at += chunk.length;
      }
    }
  }

  async *#rest({ size, digests }: CachedFile, at: number): AsyncGenerator<Buffer> {
    if (at === size) return;
    for await (const chunk of await this.#blobs.open(digests.sha256, { start: at, end: size - 1 }))
      yield chunk as Buffer;
  }

  /** Bytes from there on, all but the last that have come; `null` = none for now. */
  async #available(at: number): Promise<Buffer | null> {
    const progress = this.#progress;
    const length = progress === null ? 0 : Math.min(chunkSize, progress.readable - 1 - at);
    if (progress === null || length <= 0) return null;
    try {
      const chunk = await progress.read(at, length);
      return chunk.length === 0 ? null : chunk;
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
