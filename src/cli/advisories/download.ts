import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailed } from '../invocation.ts';

/** Calls `work` with the source as a file: a URL is downloaded first, and gone afterwards. */
export async function withFile<T>(source: string, work: (path: string) => Promise<T>): Promise<T> {
  if (!/^https?:\/\//i.test(source)) return work(source);
  const folder = await mkdtemp(join(tmpdir(), 'packyard-advisories-'));
  try {
    const path = join(folder, basename(new URL(source).pathname) || 'dump');
    await download(source, path);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(url: string, path: string): Promise<void> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new CommandFailed(`${url} can't be reached: ${String((error as Error).cause ?? error)}.`);
  });
  if (!response.ok || response.body === null) throw new CommandFailed(`${url} answered ${response.status}.`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
}
