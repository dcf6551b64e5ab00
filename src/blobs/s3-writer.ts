import { setTimeout as pause } from 'node:timers/promises';
import type { BlobWriter } from './blob-writer.ts';
import type { S3Body } from './s3-body.ts';
import { unavailable } from './s3-calls.ts';
import type { S3Access, S3Objects } from './s3-objects.ts';
import { uploadInParts, wholeLimit } from './s3-parts.ts';
import type { SpillFile } from './spill-file.ts';

/** How often an object is looked for that was just written: some stores need a moment. */
const looks = 5;
const firstPause = 100;

/** Puts staged bytes under their key; resolves when the store says that they are there, whole. */
export class S3Writer implements BlobWriter {
  readonly #access: S3Access;
  readonly #objects: S3Objects;
  readonly #keyOf: (sha256: string) => string;

  constructor(access: S3Access, objects: S3Objects, keyOf: (sha256: string) => string) {
    this.#access = access;
    this.#objects = objects;
    this.#keyOf = keyOf;
  }

  async commitBytes(sha256: string, bytes: Buffer): Promise<void> {
    const key = this.#keyOf(sha256);
    const content = { size: bytes.length, sha256, from: bytes };
    await this.#place(key, bytes.length, (onlyIfAbsent) => this.#objects.put(key, content, onlyIfAbsent));
  }

  async commitFile(sha256: string, size: number, { path }: SpillFile): Promise<null> {
    const key = this.#keyOf(sha256);
    // Spares the transfer of what is there. Small bytes are just sent.
    if ((await this.#objects.head(key))?.size === size) return null;
    const content: S3Body = { size, sha256, from: { path, start: 0 } };
    await this.#place(key, size, (onlyIfAbsent) =>
      size > wholeLimit
        ? uploadInParts(this.#access, { key, path, size, sha256 })
        : this.#objects.put(key, content, onlyIfAbsent),
    );
    return null;
  }

  async #place(key: string, size: number, send: (onlyIfAbsent: boolean) => Promise<void>): Promise<void> {
    await send(true);
    if (await this.#isWhole(key, size)) return;
    // What was there is damaged, or removed meanwhile; or a part got lost.
    await send(false);
    if (await this.#isWhole(key, size)) return;
    throw unavailable(30, new Error(`The object store took ${key} twice and has not got it.`));
  }

  async #isWhole(key: string, size: number): Promise<boolean> {
    for (let look = 1; ; look++) {
      const found = await this.#objects.head(key);
      if (found !== null) return found.size === size;
      if (look === looks) return false;
      await pause(Math.random() * firstPause * 2 ** look);
    }
  }
}
