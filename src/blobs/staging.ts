import { createReadStream, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Digests } from '../lib/digests.ts';
import { streamOf } from '../lib/streams.ts';
import type { BlobWriter } from './blob-writer.ts';
import type { SpillFile } from './spill-file.ts';
import { StagedUpload } from './staged-upload.ts';
import { storageProblem } from './storage-problem.ts';
import { chunkSize } from './stored-file.ts';

/** A staged upload that fitted into memory. */
export class MemoryStaging extends StagedUpload {
  readonly #bytes: Buffer;
  readonly #writer: BlobWriter;

  constructor(bytes: Buffer, digests: Digests, writer: BlobWriter) {
    super(bytes.length, digests, bytes);
    this.#bytes = bytes;
    this.#writer = writer;
  }

  open(): Readable {
    return streamOf(this.#bytes);
  }

  protected place(): Promise<void> {
    return this.#writer.commitBytes(this.digests.sha256, this.#bytes);
  }

  protected release(): Promise<void> {
    return Promise.resolve();
  }
}

/** A staged upload in a staging file, which stays open so that whoever wrote it syncs it. */
export class SpilledStaging extends StagedUpload {
  readonly #file: SpillFile;
  readonly #writer: BlobWriter;
  #path: string;

  constructor(file: SpillFile, size: number, digests: Digests, writer: BlobWriter) {
    super(size, digests, null);
    this.#file = file;
    this.#writer = writer;
    this.#path = file.path;
  }

  open(): Readable {
    // Opened now: a commit may give the file another name before the stream is read.
    const fd = openForReading(this.#path);
    return createReadStream(this.#path, { fd, start: 0, highWaterMark: chunkSize });
  }

  protected async place(): Promise<void> {
    const moved = await this.#writer.commitFile(this.digests.sha256, this.size, this.#file);
    this.#path = moved ?? this.#path;
  }

  protected async release(): Promise<void> {
    // After a commit the file may have another name, and there is nothing to remove.
    await Promise.allSettled([this.#file.close(), this.#file.remove()]);
  }
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw storageProblem(error);
  }
}
