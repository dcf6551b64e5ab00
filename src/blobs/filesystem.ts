import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ByteRange } from '../lib/byte-range.ts';
import type { Pieces } from '../lib/pieces.ts';
import type { BlobInfo, BlobStore, StageOptions, Staging } from './blob-store.ts';
import { BlobMissing } from './blob-store.ts';
import { Committer } from './commit.ts';
import { Durability } from './durability.ts';
import { BlobLayout, isKey } from './layout.ts';
import { reapFolder } from './staging-folder.ts';
import { isAbsent, storageProblem } from './storage-problem.ts';
import { lendBytes, readBytes, streamBytes } from './stored-file.ts';
import { Uploads } from './uploads.ts';

/** Opens, or makes, a blob store in a folder. Rejects with the error of the file system when it can't. */
export async function openFilesystemBlobs(root: string): Promise<BlobStore> {
  const layout = new BlobLayout(root);
  layout.prepare();
  return new FilesystemBlobs(layout);
}

class FilesystemBlobs implements BlobStore {
  readonly #layout: BlobLayout;
  readonly #durability = new Durability();
  readonly #uploads: Uploads;

  constructor(layout: BlobLayout) {
    this.#layout = layout;
    this.#uploads = new Uploads(layout, new Committer(layout, this.#durability));
  }

  async stage(body: Readable, options: StageOptions): Promise<Staging> {
    this.#durability.assertHealthy();
    return this.#uploads.receive(body, options);
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    return this.#onBlob(sha256, (path) => streamBytes(path, range));
  }

  async lend(sha256: string, range?: ByteRange): Promise<Pieces> {
    return this.#onBlob(sha256, async (path) => lendBytes(path, sha256, range));
  }

  async read(sha256: string): Promise<Buffer> {
    return this.#onBlob(sha256, (path) => readBytes(path));
  }

  async stat(sha256: string): Promise<BlobInfo | null> {
    try {
      const { size, mtimeMs } = await this.#onBlob(sha256, (path) => stat(path));
      return { sha256, size, modifiedAt: Math.floor(mtimeMs) };
    } catch (error) {
      if (error instanceof BlobMissing) return null;
      throw error;
    }
  }

  async remove(sha256: string): Promise<void> {
    try {
      await this.#onBlob(sha256, (path) => unlink(path));
    } catch (error) {
      if (!(error instanceof BlobMissing)) throw error;
    }
  }

  async *list(): AsyncGenerator<BlobInfo> {
    for (const folder of this.#layout.folders()) {
      const names = await readdir(folder);
      for (const name of names.sort()) {
        // Not a blob, or removed since.
        const blob = await this.stat(name);
        if (blob !== null) yield blob;
      }
    }
  }

  async reapStaging(olderThan: number): Promise<number> {
    return reapFolder(this.#layout.staging, olderThan);
  }

  async probe(): Promise<void> {
    this.#durability.assertHealthy();
    const path = this.#layout.newStagingPath();
    const written = randomBytes(32);
    try {
      await writeFile(path, written, { flag: 'wx', mode: 0o600 });
      const found = await readFile(path);
      if (!found.equals(written)) throw new Error('The storage returned other bytes than were written.');
    } catch (error) {
      throw storageProblem(error);
    } finally {
      await unlink(path).catch(() => undefined);
    }
  }

  async #onBlob<T>(sha256: string, use: (path: string) => Promise<T>): Promise<T> {
    if (!isKey(sha256)) throw new BlobMissing(sha256);
    try {
      return await use(this.#layout.pathOf(sha256));
    } catch (error) {
      throw isAbsent(error) ? new BlobMissing(sha256) : storageProblem(error);
    }
  }
}
