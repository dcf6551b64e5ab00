import { fileURLToPath } from 'node:url';
import { parseS3Address } from '../lib/s3-address.ts';
import type { BlobStore } from './blob-store.ts';
import { openFilesystemBlobs } from './filesystem.ts';

/** What a store in a bucket needs beside its address. */
export interface BucketOptions {
  /** Gets `staging/`, for uploads that are too large for memory. */
  readonly folder: string;
  /** Looked for as AWS's tools do when left out. */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string } | null;
  /** Whether downloads may be sent to the store by links. */
  readonly redirects?: boolean;
  /** What an administrator should hear of. */
  readonly tell?: (level: 'error' | 'info', sentence: string, error?: unknown) => void;
}

/**
 * Opens the blob store that a setting names: `file:<folder>`, `file:///folder` or `s3://bucket`. Rejects with a sentence
 * for the administrator when it isn't one, or can't be used.
 */
export async function openBlobs(url: string, bucket?: BucketOptions): Promise<BlobStore> {
  const scheme = url.slice(0, url.indexOf(':') + 1).toLowerCase();
  if (scheme === 'file:') return openFilesystemBlobs(folderOf(url));
  if (scheme === 's3:') return openBucket(url, bucket);
  throw new Error(`The blob store must be file:<folder> or s3://bucket, which "${withoutSecrets(url)}" is not.`);
}

async function openBucket(url: string, options: BucketOptions | undefined): Promise<BlobStore> {
  const address = addressOf(url);
  if (options === undefined) throw new Error('A blob store in a bucket needs a folder for unfinished uploads.');
  // Loaded here and nowhere else: the client of AWS takes memory and a tenth of a second.
  const { openS3Blobs } = await import('./s3-open.ts');
  const { folder, keys = null, redirects = false, tell = () => undefined } = options;
  return openS3Blobs(address, { folder, keys, redirects, tell });
}

function addressOf(url: string): ReturnType<typeof parseS3Address> {
  try {
    return parseS3Address(url);
  } catch (error) {
    throw new Error(`The blob store ${error instanceof Error ? error.message : 'is wrong'}.`, { cause: error });
  }
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
