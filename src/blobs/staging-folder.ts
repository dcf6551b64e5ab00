import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isAbsent } from './storage-problem.ts';

/** Where uploads that are too large for memory wait, on a disk of this machine. */
export class StagingFolder {
  readonly path: string;

  constructor(root: string) {
    this.path = join(resolve(root), 'staging');
  }

  newStagingPath(): string {
    return `${this.path}/${randomUUID()}`;
  }

  async prepare(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }
}

/**
 * Removes files last written before `olderThan`, and returns how many. One that is still being written has a recent time:
 * it is written to at each half MiB that arrives.
 */
export async function reapFolder(folder: string, olderThan: number): Promise<number> {
  let count = 0;
  for (const name of await readdir(folder)) {
    const path = `${folder}/${name}`;
    try {
      if ((await lstat(path)).mtimeMs >= olderThan) continue;
      await unlink(path);
      count++;
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
  return count;
}
