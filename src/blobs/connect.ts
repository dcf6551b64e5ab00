import { fileURLToPath } from 'node:url';
import type { BlobStore } from './blob-store.ts';
import { openFilesystemBlobs } from './filesystem.ts';

/**
 * Opens the blob store that a setting names: `file:<folder>` or `file:///folder`. Rejects with a sentence for the
 * administrator when it isn't one.
 */
export async function openBlobs(url: string): Promise<BlobStore> {
  const scheme = url.slice(0, url.indexOf(':') + 1).toLowerCase();
  if (scheme === 'file:') return openFilesystemBlobs(folderOf(url));
  if (scheme === 's3:') throw new Error('Storing blobs in S3 is not in this version yet; use file:<folder>.');
  throw new Error(`The blob store must be file:<folder>, which "${withoutSecrets(url)}" is not.`);
}

function folderOf(url: string): string {
  const folder = url.startsWith('//', 5) ? fileURLToPath(url) : url.slice(5);
  if (folder === '') throw new Error('The blob store must be file:<folder>, and the folder is missing.');
  return folder;
}

/** What may hold a password stays out of messages. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/.*@/, '//…@').replace(/\?.*/s, '?…');
}
