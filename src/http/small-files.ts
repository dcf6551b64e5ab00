import { LRUCache } from 'lru-cache';
import type { BlobStore } from '../blobs/blob-store.ts';

/** Files up to this size are read in one go and kept; larger ones are streamed. */
export const smallFile = 2 ** 20;

/** Bytes of small files that were asked for lately, by SHA-256; one read for all who ask at once. */
export class SmallFiles {
  readonly #blobs: BlobStore;
  readonly #cache: LRUCache<string, Buffer>;
  readonly #reading = new Map<string, Promise<Buffer>>();
  readonly #observe: (outcome: 'hit' | 'miss') => void;

  constructor(blobs: BlobStore, maxBytes: number, observe: (outcome: 'hit' | 'miss') => void = () => {}) {
    this.#blobs = blobs;
    this.#observe = observe;
    this.#cache = new LRUCache({ maxSize: Math.max(1, maxBytes), sizeCalculation: (bytes) => bytes.length + 200 });
  }

  async read(sha256: string): Promise<Buffer> {
    const known = this.#cache.get(sha256) ?? this.#reading.get(sha256);
    this.#observe(known === undefined ? 'miss' : 'hit');
    if (known !== undefined) return known;
    const reading = this.#blobs.read(sha256).finally(() => this.#reading.delete(sha256));
    this.#reading.set(sha256, reading);
    const bytes = await reading;
    this.#cache.set(sha256, bytes);
    return bytes;
  }
}
