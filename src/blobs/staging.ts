import { createReadStream, openSync, read } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Digests } from '../lib/digests.ts';
import { streamOf } from '../lib/streams.ts';
import type { BlobWriter } from './blob-writer.ts';
import type { SpillFile } from './spill-file.ts';
import { StagedUpload } from './staged-upload.ts';
import { storageProblem } from './storage-problem.ts';
import { chunkSize } from './stored-file.ts';

const readAt = promisify(read);

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

  async read(start: number, length: number): Promise<Buffer> {
    return this.#bytes.subarray(start, start + length);
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

  async read(start: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.size - start)));
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await readAt(this.#file.fd, bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw storageProblem(new Error('A staging file is shorter than what was written to it.'));
      filled += bytesRead;
    }
    return bytes;
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
