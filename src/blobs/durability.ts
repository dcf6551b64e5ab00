import { closeSync, fdatasync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Problem } from '../problems/problem.ts';
import { problem } from '../problems/problem.ts';
import { isNoRoom, storageProblem } from './storage-problem.ts';

const syncData = promisify(fdatasync);
const syncAll = promisify(fsync);

/**
 * The syncs of one store, and its health. After a failed fsync the kernel may call lost pages clean, so a second try
 * would succeed without the bytes: nothing is tried again, and the store takes no more writes until it is reopened.
 */
export class Durability {
  #failure: { readonly cause: unknown } | null = null;
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Promise<void>>();

  /** Throws `storage-unavailable` once a sync has failed. */
  assertHealthy(): void {
    if (this.#failure !== null) throw storageFailed(this.#failure.cause);
  }

  /** A file's bytes and size. Its owner must throw the file away when this rejects. */
  async syncFile(fd: number): Promise<void> {
    this.assertHealthy();
    try {
      await syncData(fd);
    } catch (error) {
      // Late news of a full disk concerns this file alone, and it is thrown away.
      throw isNoRoom(error) ? storageProblem(error) : this.#fail(error);
    }
  }

  /**
   * A folder's entries, as they are when this is called. Callers share the next sync of a folder: one that has begun may
   * have missed their entry.
   */
  syncFolder(folder: string): Promise<void> {
    let waiting = this.#waiting.get(folder);
    if (waiting === undefined) {
      waiting = this.#syncAfter(folder, this.#running.get(folder));
      this.#waiting.set(folder, waiting);
    }
    return waiting;
  }

  async #syncAfter(folder: string, earlier: Promise<void> | undefined): Promise<void> {
    await earlier?.catch(() => undefined);
    this.#waiting.delete(folder);
    const sync = this.#syncNow(folder);
    this.#running.set(folder, sync);
    try {
      await sync;
    } finally {
      if (this.#running.get(folder) === sync) this.#running.delete(folder);
    }
  }

  async #syncNow(folder: string): Promise<void> {
    this.assertHealthy();
    const fd = openFolder(folder);
    try {
      await syncAll(fd);
    } catch (error) {
      throw this.#fail(error);
    } finally {
      closeSync(fd);
    }
  }

  #fail(error: unknown): Problem {
    this.#failure ??= { cause: error };
    return storageFailed(error);
  }
}

function storageFailed(cause: unknown): Problem {
  const told = problem(
    'storage-unavailable',
    'The storage has failed; the server takes no uploads until it is restarted.',
  );
  told.cause = cause;
  return told;
}

function openFolder(folder: string): number {
  try {
    return openSync(folder, 'r');
  } catch (error) {
    throw storageProblem(error);
  }
}
