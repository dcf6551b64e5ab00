import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ByteRange } from '../lib/byte-range.ts';
import { type Pieces, piecesOf } from '../lib/pieces.ts';
import { collect, streamOf } from '../lib/streams.ts';
import { Problem } from '../problems/problem.ts';
import type { BlobInfo, BlobStore, DownloadAs, StageOptions, Staging } from './blob-store.ts';
import { BlobMissing } from './blob-store.ts';
import { isKey } from './layout.ts';
import { unavailable } from './s3-calls.ts';
import { resumingStream } from './s3-download.ts';
import { s3Failure } from './s3-failure.ts';
import { abortOldUploads, removeOldObjects } from './s3-leftovers.ts';
import { signedLink } from './s3-link.ts';
import { listObjects } from './s3-listing.ts';
import type { S3Access, S3Objects } from './s3-objects.ts';
import type { S3Piece } from './s3-piece.ts';
import { S3Writer } from './s3-writer.ts';
import { reapFolder, type StagingFolder } from './staging-folder.ts';
import { Uploads } from './uploads.ts';

export interface S3BlobsOptions {
  readonly access: S3Access;
  readonly objects: S3Objects;
  /** Before every key: empty, or ending in `/`. */
  readonly prefix: string;
  readonly staging: StagingFolder;
  /** Milliseconds that the store may keep a download waiting. */
  readonly idle: number;
  /** Whether `redirectFor` gives links. */
  readonly redirects: boolean;
}

/** Blobs as objects `<prefix>sha256/ab/<hex>` of a bucket; `docs/decisions/0012-blobs-in-s3.md` tells the rules. */
export class S3Blobs implements BlobStore {
  readonly #options: S3BlobsOptions;
  readonly #objects: S3Objects;
  readonly #uploads: Uploads;
  readonly #blobs: string;
  readonly #probes: string;
  #probing: Promise<void> | null = null;

  constructor(options: S3BlobsOptions) {
    this.#options = options;
    this.#objects = options.objects;
    this.#blobs = `${options.prefix}sha256/`;
    this.#probes = `${options.prefix}probe/`;
    const writer = new S3Writer(options.access, options.objects, (sha256) => this.#keyOf(sha256));
    this.#uploads = new Uploads(options.staging, writer);
  }

  stage(body: Readable, options: StageOptions): Promise<Staging> {
    return this.#uploads.receive(body, options);
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    const key = this.#keyOf(sha256);
    try {
      return this.#stream(key, await this.#objects.get(key, range?.start ?? 0, range?.end ?? null));
    } catch (error) {
      const failure = s3Failure(error);
      if (failure !== 'absent' && failure !== 'out-of-range') throw error;
      if (failure === 'out-of-range') return streamOf(Buffer.alloc(0));
      // Asked once more in a way that tells a missing bucket from a missing key.
      if ((await this.#objects.head(key)) === null) throw new BlobMissing(sha256);
      throw unavailable(5, error);
    }
  }

  async lend(sha256: string, range?: ByteRange): Promise<Pieces> {
    return piecesOf(await this.open(sha256, range));
  }

  /** Bytes that are not those of the key count as missing. */
  async read(sha256: string): Promise<Buffer> {
    const bytes = await collect(await this.open(sha256), Number.MAX_SAFE_INTEGER, () => new BlobMissing(sha256));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new BlobMissing(sha256);
    return bytes;
  }

  async stat(sha256: string): Promise<BlobInfo | null> {
    if (!isKey(sha256)) return null;
    const found = await this.#objects.head(this.#keyOf(sha256));
    return found === null ? null : { sha256, size: found.size, modifiedAt: found.modifiedAt };
  }

  async remove(sha256: string): Promise<void> {
    if (isKey(sha256)) await this.#objects.remove(this.#keyOf(sha256));
  }

  async *list(): AsyncGenerator<BlobInfo> {
    for await (const { key, size, modifiedAt } of listObjects(this.#options.access, this.#blobs)) {
      const sha256 = key.slice(this.#blobs.length + 3);
      if (isKey(sha256) && key === this.#keyOf(sha256)) yield { sha256, size, modifiedAt };
    }
  }

  async reapStaging(olderThan: number): Promise<number> {
    const { access, staging } = this.#options;
    const files = await reapFolder(staging.path, olderThan);
    const uploads = await abortOldUploads(access, this.#blobs, olderThan);
    return files + uploads + (await removeOldObjects(access, this.#objects, this.#probes, olderThan));
  }

  probe(): Promise<void> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
    });
    return this.#probing;
  }

  async redirectFor(sha256: string, as: DownloadAs): Promise<string | null> {
    if (!this.#options.redirects || (await this.stat(sha256)) === null) return null;
    return signedLink(this.#options.access, this.#keyOf(sha256), as);
  }

  async #probe(): Promise<void> {
    const key = `${this.#probes}${randomUUID()}`;
    const written = randomBytes(32);
    const sha256 = createHash('sha256').update(written).digest('hex');
    await this.#objects.put(key, { size: written.length, sha256, from: written }, false);
    const bytes = this.#stream(key, await this.#rest(key, 0, written.length - 1));
    const found = await collect(bytes, written.length, () => new Error('The probe has grown.'));
    if (!found.equals(written)) throw unavailable(5, new Error('The object store returned other bytes than it got.'));
    await this.#objects.remove(key);
  }

  #stream(key: string, first: S3Piece): Readable {
    return resumingStream(first, { get: (start, end) => this.#rest(key, start, end), idle: this.#options.idle });
  }

  /** Of an object that was there a moment ago. */
  async #rest(key: string, start: number, end: number): Promise<S3Piece> {
    try {
      return await this.#objects.get(key, start, end);
    } catch (error) {
      throw error instanceof Problem ? error : unavailable(5, error);
    }
  }

  /** Nothing but a digest becomes part of a key. */
  #keyOf(sha256: string): string {
    if (!isKey(sha256)) throw new BlobMissing(sha256);
    return `${this.#blobs}${sha256.slice(0, 2)}/${sha256}`;
  }
}
