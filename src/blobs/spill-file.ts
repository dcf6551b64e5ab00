import { close, openSync, read, unlink, write } from 'node:fs';
import { promisify } from 'node:util';
import type { Digests } from '../lib/digests.ts';
import type { StreamHash } from './stream-hashing.ts';

/** Hashing sets the pace (270 MB/s here), with larger blocks too; with smaller ones the trips to the threads start to. */
const blockSize = 512 * 1024;
/** Blocks being written and hashed while the next one fills: the most memory an upload takes is three blocks. */
const inFlightLimit = 2;
/** Blocks kept for the next upload. */
const spareLimit = 4;

const writeAt = promisify(write);
const readAt = promisify(read);
const closeFile = promisify(close);
const unlinkFile = promisify(unlink);

/** Blocks are shared memory: a block is written by the thread pool and hashed by a thread without a copy. */
export class BlockPool {
  readonly #spare: Buffer[] = [];

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.from(new SharedArrayBuffer(blockSize));
  }

  give(block: Buffer): void {
    if (this.#spare.length < spareLimit) this.#spare.push(block);
  }
}

/**
 * An upload too large for memory, on its way into a staging file. Bytes are collected into blocks; a block is written
 * and hashed at once. The file is its owner's to discard; errors are those of the file system.
 */
export class SpillFile {
  readonly path: string;
  readonly fd: number;
  readonly #hash: StreamHash;
  readonly #blocks: BlockPool;
  #block: Buffer | null = null;
  #filled = 0;
  #position = 0;
  /** Everything before it is in the file. */
  #written = 0;
  readonly #writtenApart = new Map<number, number>();
  readonly #inFlight: Promise<void>[] = [];

  readonly #onWritten: () => void;

  constructor(path: string, hash: StreamHash, blocks: BlockPool, onWritten: () => void = () => {}) {
    this.path = path;
    this.#hash = hash;
    this.#blocks = blocks;
    this.#onWritten = onWritten;
    // Read too: archives are looked into before they are committed.
    this.fd = openSync(path, 'wx+', 0o600);
  }

  /** Bytes from the start that can be read back. */
  get written(): number {
    return this.#written;
  }

  /** Of what was written: as much as one read gives. */
  async read(start: number, into: Buffer): Promise<number> {
    const { bytesRead } = await readAt(this.fd, into, 0, Math.min(into.length, this.#written - start), start);
    return bytesRead;
  }

  /** Takes a copy; resolves when more may come. */
  async write(chunk: Buffer): Promise<void> {
    let taken = 0;
    while (taken < chunk.length) {
      this.#block ??= await this.#nextBlock();
      const count = chunk.copy(this.#block, this.#filled, taken);
      taken += count;
      this.#filled += count;
      if (this.#filled === blockSize) this.#send(this.#block);
    }
  }

  /** Resolves when all is written and hashed, though not yet synced. */
  async finish(): Promise<Digests> {
    if (this.#block !== null) this.#send(this.#block);
    await Promise.all(this.#inFlight);
    return this.#hash.finish();
  }

  /** Closes the file, once nothing writes to it any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
    this.#hash.drop();
    await closeFile(this.fd);
  }

  async remove(): Promise<void> {
    await unlinkFile(this.path);
  }

  async #nextBlock(): Promise<Buffer> {
    if (this.#inFlight.length === inFlightLimit) await this.#inFlight.shift();
    return this.#blocks.take();
  }

  #send(block: Buffer): void {
    const bytes = block.subarray(0, this.#filled);
    const sent = this.#store(bytes, this.#position).then(() => this.#blocks.give(block));
    // Heard of by whoever waits for the block; it must not count as unhandled before.
    sent.catch(() => undefined);
    this.#inFlight.push(sent);
    this.#position += bytes.length;
    this.#block = null;
    this.#filled = 0;
  }

  async #store(bytes: Buffer, position: number): Promise<void> {
    const [written, hashed] = await Promise.allSettled([this.#writeAll(bytes, position), this.#hash.update(bytes)]);
    if (written.status === 'rejected') throw written.reason;
    if (hashed.status === 'rejected') throw hashed.reason;
  }

  async #writeAll(bytes: Buffer, position: number): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await writeAt(this.fd, bytes, written, bytes.length - written, position + written);
      written += bytesWritten;
    }
    this.#advance(position, bytes.length);
  }

  /** Two blocks may be on their way at once, and the later one be there first. */
  #advance(position: number, length: number): void {
    this.#writtenApart.set(position, length);
    for (let next = this.#writtenApart.get(this.#written); next !== undefined; ) {
      this.#writtenApart.delete(this.#written);
      this.#written += next;
      next = this.#writtenApart.get(this.#written);
    }
    this.#onWritten();
  }
}
