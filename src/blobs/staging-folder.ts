import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isAbsent } from './storage-problem.ts';

const hour = 3_600_000;
/** No upload lasts a day: what is older was left by a process that died. */
const leftoverAge = 24 * hour;

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

  /**
   * For a folder beside a store that several machines share: leftovers lie where a process died, and the job that removes
   * them runs on one machine only. Never keeps the process alive. The first look is over when this resolves.
   */
  async keepClean(failed: (error: unknown) => void): Promise<void> {
    const look = async (): Promise<void> => {
      await reapFolder(this.path, Date.now() - leftoverAge).catch(failed);
    };
    setInterval(() => void look(), hour).unref();
    await look();
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
