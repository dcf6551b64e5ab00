import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { bodyPatience, chunksOfFile, sendBody } from './s3-body.ts';
import { checksumOf, signBody } from './s3-client.ts';
import { s3Failure } from './s3-failure.ts';
import type { IdleWatch } from './s3-idle.ts';
import type { S3Access } from './s3-objects.ts';

/** Larger files are sent in parts. */
export const wholeLimit = 16 * 2 ** 20;
const leastPart = 8 * 2 ** 20;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const mostParts = 10_000;
const partsAtOnce = 4;
/** Some stores copy everything together before they answer: with the usual time-out, almost five minutes. */
const completionPatience = 40;

export interface PartedFile {
  readonly key: string;
  readonly path: string;
  readonly size: number;
}

interface Upload extends PartedFile {
  readonly access: S3Access;
  readonly id: string;
}

/** Bytes of each part but the last: the fewest that need no more than 10,000 parts, in whole MiB. */
export function partSizeOf(size: number): number {
  const mib = 2 ** 20;
  return Math.max(leastPart, Math.ceil(size / mostParts / mib) * mib);
}

/**
 * Sends a file in parts, some at once, and puts them together. Parts that got lost are no error here: the caller looks
 * whether the object is whole. Whatever else fails, the parts are removed.
 */
export async function uploadInParts(access: S3Access, file: PartedFile): Promise<void> {
  const upload = { ...file, access, id: await begin(access, file.key) };
  try {
    await complete(upload, await sendParts(upload));
  } catch (error) {
    // Whatever is left is reaped.
    await abortUpload(access, file.key, upload.id).catch(() => undefined);
    if (s3Failure(error) !== 'lost-upload') throw error;
  }
}

export async function abortUpload({ client, bucket, calls }: S3Access, key: string, id: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id });
  await calls.call(({ signal }) => client.send(command, { abortSignal: signal }), {
    expects: ['lost-upload'],
    always: true,
  });
}

async function begin({ client, bucket, calls, checksums }: S3Access, key: string): Promise<string> {
  const { UploadId: id } = await calls.call(({ signal }) => {
    const command = new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      ContentType: 'application/octet-stream',
      ...(checksums ? { ChecksumAlgorithm: 'SHA256' } : {}),
    });
    return client.send(command, { abortSignal: signal });
  });
  if (id === undefined) throw new Error('The object store began an upload without a name.');
  return id;
}

async function sendParts(upload: Upload): Promise<CompletedPart[]> {
  const partSize = partSizeOf(upload.size);
  const parts: CompletedPart[] = [];
  const indexes = Array.from({ length: Math.ceil(upload.size / partSize) }).keys();
  let isFailing = false;
  const sendNext = async (): Promise<void> => {
    for (const index of indexes) {
      if (isFailing) return;
      const start = index * partSize;
      try {
        parts[index] = await sendPart(upload, index + 1, start, Math.min(partSize, upload.size - start));
      } catch (error) {
        isFailing = true;
        throw error;
      }
    }
  };
  // All of them, also when one has failed: no part may arrive after the upload was aborted.
  const outcomes = await Promise.allSettled(Array.from({ length: partsAtOnce }, sendNext));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return parts;
}

async function sendPart(upload: Upload, number: number, start: number, size: number): Promise<CompletedPart> {
  const { access, key, id, path } = upload;
  const { client, bucket, calls, checksums } = access;
  const sha256 = await digestOf(path, start, size);
  const checksum = checksumOf(sha256, checksums);
  const send = (watch: IdleWatch) =>
    sendBody({ size, sha256, from: { path, start } }, watch, (body) => {
      const command = new UploadPartCommand({
        Bucket: bucket,
        Key: key,
        UploadId: id,
        PartNumber: number,
        Body: body,
        ContentLength: size,
        ...checksum,
      });
      return client.send(signBody(command, sha256), { abortSignal: watch.signal });
    });
  const { ETag } = await calls.call(send, { patience: bodyPatience, expects: ['lost-upload'] });
  return { PartNumber: number, ETag, ...checksum };
}

async function complete({ access, key, id }: Upload, parts: CompletedPart[]): Promise<void> {
  const { client, bucket, calls } = access;
  const command = new CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    UploadId: id,
    MultipartUpload: { Parts: parts },
  });
  await calls.call(({ signal }) => client.send(command, { abortSignal: signal }), {
    patience: completionPatience,
    expects: ['lost-upload'],
  });
}

async function digestOf(path: string, start: number, size: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOfFile(path, start, size)) hash.update(chunk);
  return hash.digest('hex');
}
