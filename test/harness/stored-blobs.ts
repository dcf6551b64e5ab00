import { openBlobs } from '../../src/blobs/connect.ts';
import { bucketOptions } from '../../src/config/bucket.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';

/** SHA-256 of every blob of a server with these settings, in order; wherever it keeps them. */
export async function storedBlobs(config: Config): Promise<string[]> {
  const blobs = await openBlobs(config.blobs.url, bucketOptions(config));
  const keys: string[] = [];
  for await (const { sha256 } of blobs.list()) keys.push(sha256);
  return keys;
}

/** The same for a process with this environment. */
export async function blobsOfProcess(env: Readonly<Record<string, string>>): Promise<string[]> {
  return storedBlobs(await loadConfig({ env, cwd: '/' }));
}
