import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachment } from '../lib/content-disposition.ts';
import type { DownloadAs } from './blob-store.ts';
import type { S3Access } from './s3-objects.ts';

/** Seconds. A download that has begun goes on. */
const lifetime = 300;

/** A URL that gives one object to whoever has it, for five minutes. */
export function signedLink({ client, bucket }: S3Access, key: string, as: DownloadAs): Promise<string> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ResponseContentType: as.mediaType,
    ResponseContentDisposition: attachment(as.fileName),
    ResponseCacheControl: 'private, max-age=0',
  });
  return getSignedUrl(client, command, { expiresIn: lifetime });
}
