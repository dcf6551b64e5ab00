/**
 * Where bytes live: content-addressed, written once, never changed. `test/contracts/blob-store.contract.ts` runs every
 * implementation. No user text reaches a path: the key is the SHA-256 in lower-case hex.
 */
import type { Readable } from 'node:stream';
import type { ByteRange } from '../lib/byte-range.ts';
import type { Digests, PromisedDigests } from '../lib/digests.ts';
import type { Pieces } from '../lib/pieces.ts';

export type { ByteRange } from '../lib/byte-range.ts';

/**
 * An upload that has been received and hashed but is visible to nobody. It is gone when the request ends, unless a
 * publication takes it.
 */
export interface StagedFile {
  readonly size: number;
  readonly digests: Digests;
  /** The bytes themselves when the upload was small enough to stay in memory, else `null`. */
  readonly bytes: Buffer | null;
  /** Streams the staged bytes from the start; may be called more than once. */
  open(): Readable;
  /** `length` bytes from `start`, fewer at the end: for archives whose directory stands last. */
  read(start: number, length: number): Promise<Buffer>;
}

/** An upload that is still coming in, for those who want to read along. */
export interface StagingProgress {
  /** Bytes that can be read by now. */
  readonly readable: number;
  /** Fills `into` as far as one read goes, with at least one byte; rejects once the upload has failed or was discarded. */
  read(start: number, into: Buffer): Promise<number>;
}

export interface StageOptions {
  /** Told whenever more can be read. */
  readonly onProgress?: (progress: StagingProgress) => void;
  /** Most bytes accepted; beyond it `file-too-large`. */
  readonly maxSize: number;
  /** Refused with `digest-mismatch` when the bytes differ. */
  readonly promised?: PromisedDigests;
  /** Refused with `length-mismatch` when the size differs. */
  readonly expectedSize?: number;
}

/** A staged upload that its owner must commit or discard. */
export interface Staging extends StagedFile {
  /**
   * Makes the bytes durable under their SHA-256 (write, fsync, rename, fsync of the folder) and resolves when they would
   * survive a power cut. A blob that is there already with the same size is kept. Safe to repeat until it is discarded:
   * each call looks again, and puts the bytes back when collect-garbage has removed them since.
   */
  commit(): Promise<void>;
  /** Frees what staging holds; safe after `commit` and safe to repeat. */
  discard(): Promise<void>;
}

export interface BlobInfo {
  readonly sha256: string;
  readonly size: number;
  /** Milliseconds; when the store last wrote it. */
  readonly modifiedAt: number;
}

/** How a download that bypasses us shall look to its client. */
export interface DownloadAs {
  readonly fileName: string;
  readonly mediaType: string;
}

export interface BlobStore {
  /**
   * Hashes and counts while the body streams in. A body that breaks off rejects with `incomplete-body` (or the `Problem`
   * it was destroyed with) and leaves nothing. A body that is refused is left undestroyed, so that its owner can answer.
   */
  stage(body: Readable, options: StageOptions): Promise<Staging>;
  /** Streams a blob, or what it has of a range; rejects with `BlobMissing` when it is not there. */
  open(sha256: string, range?: ByteRange): Promise<Readable>;
  /** The same for sending it. */
  lend(sha256: string, range?: ByteRange): Promise<Pieces>;
  /** The whole blob in one read: for small files and documents. */
  read(sha256: string): Promise<Buffer>;
  stat(sha256: string): Promise<BlobInfo | null>;
  /** Removes a blob; resolves when it was not there too. Only collect-garbage calls it. */
  remove(sha256: string): Promise<void>;
  /** Every blob, in order of its key. */
  list(): AsyncIterable<BlobInfo>;
  /** Removes leftovers of uploads older than `olderThan` (milliseconds since the epoch); returns how many. */
  reapStaging(olderThan: number): Promise<number>;
  /** Writes, reads and removes a probe: rejects when the store can't take writes now. */
  probe(): Promise<void>;
  /**
   * A URL that gives the blob to whoever has it, for five minutes at most; `null` when the blob isn't there or the store
   * makes none. Not every store has it.
   */
  redirectFor?(sha256: string, as: DownloadAs): Promise<string | null>;
}

export class BlobMissing extends Error {
  readonly sha256: string;
  constructor(sha256: string) {
    super(`blob ${sha256} is missing`);
    this.name = 'BlobMissing';
    this.sha256 = sha256;
  }
}
