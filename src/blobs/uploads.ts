import type { Readable } from 'node:stream';
import { ByteCollector } from '../lib/byte-collector.ts';
import type { Digests } from '../lib/digests.ts';
import { DigestSet } from '../lib/digests.ts';
import type { Staging, StageOptions, StagingProgress } from './blob-store.ts';
import type { BlobWriter } from './blob-writer.ts';
import type { UploadSink } from './receive.ts';
import { checkPromises, memoryLimit, receive } from './receive.ts';
import { BlockPool, SpillFile } from './spill-file.ts';
import { MemoryStaging, SpilledStaging } from './staging.ts';
import { storageProblem } from './storage-problem.ts';
import { StreamHashing } from './stream-hashing.ts';

/** Gives each staging file a path of its own. */
export interface StagingPlace {
  newStagingPath(): string;
}

/** Receives bodies: small ones into memory, larger ones into staging files. */
export class Uploads {
  readonly #place: StagingPlace;
  readonly #writer: BlobWriter;
  readonly #hashing = new StreamHashing();
  readonly #blocks = new BlockPool();

  constructor(place: StagingPlace, writer: BlobWriter) {
    this.#place = place;
    this.#writer = writer;
  }

  async receive(body: Readable, options: StageOptions): Promise<Staging> {
    const sink = new SpillingSink((onWritten) => this.#spill(onWritten), options.onProgress);
    try {
      const size = await receive(body, options, sink);
      return await this.#stage(sink, size, options);
    } catch (error) {
      await sink.discard();
      throw error;
    }
  }

  async #stage(sink: SpillingSink, size: number, options: StageOptions): Promise<Staging> {
    const digests = await sink.finish();
    checkPromises(options, digests);
    return sink.spilled === null
      ? new MemoryStaging(sink.bytes, digests, this.#writer)
      : new SpilledStaging(sink.spilled, size, digests, this.#writer);
  }

  #spill(onWritten: () => void): SpillFile {
    const hash = this.#hashing.begin();
    try {
      return new SpillFile(this.#place.newStagingPath(), hash, this.#blocks, onWritten);
    } catch (error) {
      hash.drop();
      throw error;
    }
  }
}

/** Collects in memory up to the limit, then moves on to a file. Throws `storage-full` or `storage-unavailable`. */
class SpillingSink implements UploadSink, StagingProgress {
  readonly #newFile: (onWritten: () => void) => SpillFile;
  readonly #onProgress: ((progress: StagingProgress) => void) | undefined;
  #memory = new ByteCollector();
  #discarded = false;
  spilled: SpillFile | null = null;

  constructor(
    newFile: (onWritten: () => void) => SpillFile,
    onProgress: ((progress: StagingProgress) => void) | undefined,
  ) {
    this.#newFile = newFile;
    this.#onProgress = onProgress;
  }

  get readable(): number {
    return this.spilled === null ? this.#memory.length : this.spilled.written;
  }

  async read(start: number, into: Buffer): Promise<number> {
    if (this.#discarded) throw new Error('The upload is over.');
    return this.spilled === null ? this.#memory.bytes().copy(into, 0, start) : this.spilled.read(start, into);
  }

  get bytes(): Buffer {
    return this.#memory.bytes();
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (this.spilled !== null || this.#memory.length + chunk.length > memoryLimit) return this.#writeToFile(chunk);
    this.#memory.append(chunk);
    this.#onProgress?.(this);
    return undefined;
  }

  async finish(): Promise<Digests> {
    if (this.spilled === null) {
      const digests = new DigestSet();
      digests.update(this.bytes);
      return digests.finish();
    }
    try {
      return await this.spilled.finish();
    } catch (error) {
      throw storageProblem(error);
    }
  }

  async discard(): Promise<void> {
    this.#discarded = true;
    const file = this.spilled;
    if (file === null) return;
    await Promise.allSettled([file.close(), file.remove()]);
  }

  async #writeToFile(chunk: Buffer): Promise<void> {
    try {
      if (this.spilled === null) {
        const collected = this.#memory.bytes();
        this.spilled = this.#newFile(() => this.#onProgress?.(this));
        this.#memory = new ByteCollector();
        await this.spilled.write(collected);
      }
      await this.spilled.write(chunk);
    } catch (error) {
      throw storageProblem(error);
    }
  }
}
