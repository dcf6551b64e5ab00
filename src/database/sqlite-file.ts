/**
 * The database file on disk: made for its owner only, never made anew over something that is there. Nothing may open it
 * besides the engine while the engine has it open: closing any other handle would drop the process's POSIX locks
 * (https://www.sqlite.org/howtocorrupt.html section 2.2).
 */
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;
const WRITE_AHEAD_LOG = '-wal';

/** Creates folder and file when they are missing; takes everyone else's permissions off files that are there. */
export async function prepareFile(path: string): Promise<void> {
  await refuseLogWithoutDatabase(path);
  await createFolder(dirname(resolve(path)));
  const created = await createFile(path);
  if (!created) for (const suffix of ['', WRITE_AHEAD_LOG, '-shm']) await closeToOthers(path + suffix);
}

/**
 * The engine would throw the log away, and with it every transaction in it. The log is looked at first: a process that
 * makes a new database at this moment writes the file before its log.
 */
async function refuseLogWithoutDatabase(path: string): Promise<void> {
  if ((await sizeOf(path + WRITE_AHEAD_LOG)) > 0 && (await sizeOf(path)) === 0) {
    throw new Error(
      `The database ${path} is missing or empty, but its log ${path}${WRITE_AHEAD_LOG} is there. Put the database file ` +
        'back beside its log, restore a backup, or move the log away to start with an empty database.',
    );
  }
}

async function createFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: FOLDER_OWNER_ONLY });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function createFile(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', OWNER_ONLY)).close();
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  await syncFolder(dirname(resolve(path)));
  return true;
}

/** Makes a new entry of the folder survive a power cut; Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function closeToOthers(path: string): Promise<void> {
  try {
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, OWNER_ONLY);
  } catch (error) {
    // EPERM: the file is another user's, and so is the decision.
    if (!hasCode(error, 'ENOENT', 'EPERM')) throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
