import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const sha256Key = /^[0-9a-f]{64}$/;

/** Whether text is the key of a blob. Checked before every path: nothing else may become one. */
export function isKey(text: string): boolean {
  return sha256Key.test(text);
}

/** Where things lie: `blobs/sha256/ab/<hex>` and `staging/<uuid>` below one root, on one file system. */
export class BlobLayout {
  readonly blobs: string;
  readonly staging: string;

  constructor(root: string) {
    this.blobs = join(resolve(root), 'blobs', 'sha256');
    this.staging = join(resolve(root), 'staging');
  }

  folderOf(sha256: string): string {
    return `${this.blobs}/${sha256.slice(0, 2)}`;
  }

  pathOf(sha256: string): string {
    return `${this.folderOf(sha256)}/${sha256}`;
  }

  /** All folders that hold blobs, in order. */
  *folders(): Generator<string> {
    for (let byte = 0; byte < 256; byte++) yield `${this.blobs}/${byte.toString(16).padStart(2, '0')}`;
  }

  newStagingPath(): string {
    return `${this.staging}/${randomUUID()}`;
  }

  /**
   * Makes all 256 folders at once, so that no publish has to. The syncs are not skipped when nothing was made: an
   * earlier process may have died between making and syncing.
   */
  prepare(): void {
    const root = dirname(this.staging);
    const first = mkdirSync(this.blobs, { recursive: true, mode: 0o700 }) ?? root;
    mkdirSync(this.staging, { recursive: true, mode: 0o700 });
    const present = new Set(readdirSync(this.blobs));
    for (const folder of this.folders()) {
      // Recursive, so that another process that is at it too is no error.
      if (!present.has(basename(folder))) mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    const top = dirname(first.length < root.length ? first : root);
    for (let folder = this.blobs; folder !== top; folder = dirname(folder)) syncFolder(folder);
    syncUnlessForbidden(top);
  }
}

/** The folder above ours may be one that we can't read. */
function syncUnlessForbidden(folder: string): void {
  try {
    syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
