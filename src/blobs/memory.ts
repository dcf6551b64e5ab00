import type { Readable } from 'node:stream';
import type { ByteRange } from '../lib/byte-range.ts';
import { ByteCollector } from '../lib/byte-collector.ts';
import type { Digests } from '../lib/digests.ts';
import { DigestSet } from '../lib/digests.ts';
import { type Pieces, piecesOf } from '../lib/pieces.ts';
import { streamOf } from '../lib/streams.ts';
import type { BlobInfo, BlobStore, StageOptions, Staging } from './blob-store.ts';
import { BlobMissing } from './blob-store.ts';
import { checkPromises, memoryLimit, receive } from './receive.ts';
import { StagedUpload } from './staged-upload.ts';

interface StoredBlob {
  readonly bytes: Buffer;
  readonly modifiedAt: number;
}

/** A blob store for tests, gone with the process. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, StoredBlob>();
  /** Staged uploads that were not discarded yet, with the time of their arrival. */
  readonly #staged = new Map<Staging, number>();

  get stagedCount(): number {
    return this.#staged.size;
  }

  async stage(body: Readable, options: StageOptions): Promise<Staging> {
    const collector = new ByteCollector();
    const progress = {
      get readable() {
        return collector.length;
      },
      read: async (start: number, into: Buffer) => collector.bytes().copy(into, 0, start),
    };
    const write = (chunk: Buffer): void => {
      collector.append(chunk);
      options.onProgress?.(progress);
    };
    await receive(body, options, { write });
    const bytes = collector.bytes();
    const hashes = new DigestSet();
    hashes.update(bytes);
    const digests = hashes.finish();
    checkPromises(options, digests);
    const staging: Staging = new MemoryUpload(bytes, digests, this.#blobs, () => this.#staged.delete(staging));
    this.#staged.set(staging, Date.now());
    return staging;
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    const { bytes } = this.#find(sha256);
    return streamOf(range === undefined ? bytes : bytes.subarray(range.start, range.end + 1));
  }

  async lend(sha256: string, range?: ByteRange): Promise<Pieces> {
    return piecesOf(await this.open(sha256, range));
  }

  async read(sha256: string): Promise<Buffer> {
    return Buffer.from(this.#find(sha256).bytes);
  }

  async stat(sha256: string): Promise<BlobInfo | null> {
    const blob = this.#blobs.get(sha256);
    return blob === undefined ? null : { sha256, size: blob.bytes.length, modifiedAt: blob.modifiedAt };
  }

  async remove(sha256: string): Promise<void> {
    this.#blobs.delete(sha256);
  }

  async *list(): AsyncGenerator<BlobInfo> {
    for (const sha256 of Array.from(this.#blobs.keys()).sort()) {
      const blob = await this.stat(sha256);
      if (blob !== null) yield blob;
    }
  }

  async reapStaging(olderThan: number): Promise<number> {
    const old = Array.from(this.#staged).filter(([, arrivedAt]) => arrivedAt < olderThan);
    for (const [staging] of old) this.#staged.delete(staging);
    return old.length;
  }

  async probe(): Promise<void> {}

  #find(sha256: string): StoredBlob {
    const blob = this.#blobs.get(sha256);
    if (blob === undefined) throw new BlobMissing(sha256);
    return blob;
  }
}

class MemoryUpload extends StagedUpload {
  readonly #held: Buffer;
  readonly #blobs: Map<string, StoredBlob>;
  readonly #forget: () => void;

  constructor(bytes: Buffer, digests: Digests, blobs: Map<string, StoredBlob>, forget: () => void) {
    super(bytes.length, digests, bytes.length <= memoryLimit ? bytes : null);
    this.#held = bytes;
    this.#blobs = blobs;
    this.#forget = forget;
  }

  open(): Readable {
    return streamOf(this.#held);
  }

  async read(start: number, length: number): Promise<Buffer> {
    return this.#held.subarray(start, start + length);
  }

  protected async place(): Promise<void> {
    this.#blobs.set(this.digests.sha256, { bytes: this.#held, modifiedAt: Date.now() });
  }

  protected async release(): Promise<void> {
    this.#forget();
  }
}
