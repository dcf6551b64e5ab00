import { ListMultipartUploadsCommand, type ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { s3Failure } from './s3-failure.ts';
import type { IdleWatch } from './s3-idle.ts';
import { listObjects } from './s3-listing.ts';
import type { S3Access, S3Objects } from './s3-objects.ts';
import { abortUpload } from './s3-parts.ts';

/**
 * Aborts uploads in parts below a prefix that began before `olderThan`, and returns how many. A store that can't list
 * them (or doesn't let us) removes them itself, or by a lifecycle rule.
 */
export async function abortOldUploads(access: S3Access, prefix: string, olderThan: number): Promise<number> {
  let count = 0;
  for (let page: Page | null = null; page === null || page.next !== null; ) {
    page = await readPage(access, prefix, page?.next ?? {});
    for (const { Key: key = '', UploadId: id = '', Initiated: begunAt } of page.uploads) {
      if (!key.startsWith(prefix) || begunAt === undefined || begunAt.getTime() >= olderThan) continue;
      try {
        await abortUpload(access, key, id);
        count += 1;
      } catch (error) {
        // Completed or aborted since.
        if (s3Failure(error) !== 'lost-upload') throw error;
      }
    }
  }
  return count;
}

/** Removes objects below a prefix that were written before `olderThan`, and returns how many. */
export async function removeOldObjects(
  access: S3Access,
  objects: S3Objects,
  prefix: string,
  olderThan: number,
): Promise<number> {
  let count = 0;
  for await (const { key, modifiedAt } of listObjects(access, prefix)) {
    if (modifiedAt >= olderThan) continue;
    await objects.remove(key);
    count += 1;
  }
  return count;
}

interface Page {
  readonly uploads: NonNullable<ListMultipartUploadsCommandOutput['Uploads']>;
  readonly next: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | null;
}

async function readPage(
  { client, bucket, calls }: S3Access,
  prefix: string,
  from: NonNullable<Page['next']>,
): Promise<Page> {
  try {
    const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from });
    const send = ({ signal }: IdleWatch) => client.send(command, { abortSignal: signal });
    const page = await calls.call(send, { expects: ['unsupported'] });
    const { Uploads: uploads = [], IsTruncated: goesOn, NextKeyMarker, NextUploadIdMarker } = page;
    if (goesOn !== true || NextKeyMarker === undefined) return { uploads, next: null };
    const marker = NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker };
    return { uploads, next: { KeyMarker: NextKeyMarker, ...marker } };
  } catch (error) {
    if (s3Failure(error) !== 'unsupported') throw error;
    return { uploads: [], next: null };
  }
}
