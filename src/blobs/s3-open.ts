import type { S3Address } from '../lib/s3-address.ts';
import type { BlobStore } from './blob-store.ts';
import { S3Calls, type S3Tell } from './s3-calls.ts';
import { createS3Client, type S3Keys } from './s3-client.ts';
import { explainS3, S3Error } from './s3-failure.ts';
import { S3Objects } from './s3-objects.ts';
import { S3Blobs } from './s3.ts';
import { StagingFolder } from './staging-folder.ts';

export interface S3Options {
  /** Gets `staging/`, for uploads that are too large for memory. */
  readonly folder: string;
  /** `null`: found as the tools of AWS find them. */
  readonly keys: S3Keys | null;
  readonly redirects: boolean;
  readonly tell: S3Tell;
}

/**
 * Opens a blob store in a bucket, which must exist. Rejects with a sentence for the administrator when the store refuses
 * to work with these settings; a store that is down may come back, and only its failing is told.
 */
export async function openS3Blobs(address: S3Address, options: S3Options): Promise<BlobStore> {
  const staging = new StagingFolder(options.folder);
  await staging.prepare();
  await staging.keepClean((error) => options.tell('error', 'leftovers of uploads cannot be removed', error));
  const client = createS3Client(address, options.keys);
  const { bucket, prefix, timeout: idle } = address;
  await client.config.region().catch(() => {
    throw new Error('The blob store must name its region: s3://bucket?region=…');
  });
  const calls = new S3Calls(idle, options.tell);
  const access = { client, bucket, calls, checksums: address.checksums === 'supported' };
  const objects = new S3Objects(access);
  await objects.checkBucket().catch((error: unknown) => refuseToStart(error, address));
  return new S3Blobs({ access, objects, prefix, staging, idle, redirects: options.redirects });
}

function refuseToStart(error: unknown, { bucket, endpoint }: S3Address): void {
  const cause = error instanceof Error ? error.cause : null;
  if (!(cause instanceof S3Error)) throw error;
  if (cause.failure === 'transient') return;
  const place = `s3://${bucket}${endpoint === null ? '' : ` at ${endpoint}`}`;
  throw new Error(`The blob store ${place} can't be used: ${explainS3(cause)}.`, { cause });
}
