import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { bodyPatience, chunksOfFile, type S3Body, sendBody } from './s3-body.ts';
import { checksumOf, signBody } from './s3-client.ts';
import { s3Failure } from './s3-failure.ts';
import type { IdleWatch } from './s3-idle.ts';
import type { S3Access } from './s3-objects.ts';
import { storageProblem } from './storage-problem.ts';

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
  /** Of the whole file. */
  readonly sha256: string;
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
    if (s3Failure(error) !== 'lost-upload') throw storageProblem(error);
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
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    ContentType: 'application/octet-stream',
    ...(checksums ? { ChecksumAlgorithm: 'SHA256' } : {}),
  });
  return calls.call(async ({ signal }) => {
    const { UploadId: id } = await client.send(command, { abortSignal: signal });
    if (id === undefined) throw new Error('The object store began an upload without a name.');
    return id;
  });
}

async function sendParts(upload: Upload): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  const underWay = new Set<Promise<void>>();
  let failure: { readonly cause: unknown } | null = null;
  const note = (cause: unknown): void => {
    failure ??= { cause };
  };
  try {
    for await (const part of partsOf(upload)) {
      const sent: Promise<void> = sendPart(upload, part)
        .then((completed) => void (parts[part.number - 1] = completed), note)
        .finally(() => underWay.delete(sent));
      underWay.add(sent);
      if (underWay.size === partsAtOnce) await Promise.race(underWay);
      if (failure !== null) break;
    }
  } catch (error) {
    note(error);
  }
  // All of them, also when one has failed: no part may arrive after the upload was aborted.
  await Promise.all(underWay);
  if (failure !== null) throw (failure as { readonly cause: unknown }).cause;
  return parts;
}

interface Part extends S3Body {
  readonly number: number;
}

/** The parts in order. Throws when they are not, together, what was received. */
async function* partsOf({ path, size, sha256 }: Upload): AsyncGenerator<Part, void, undefined> {
  const partSize = partSizeOf(size);
  const whole = createHash('sha256');
  for (let start = 0; start < size; start += partSize) {
    const length = Math.min(partSize, size - start);
    const hash = createHash('sha256');
    for await (const chunk of chunksOfFile(path, start, length)) {
      hash.update(chunk);
      whole.update(chunk);
    }
    const number = start / partSize + 1;
    yield { number, size: length, sha256: hash.digest('hex'), from: { path, start } };
  }
  if (whole.digest('hex') !== sha256) throw new Error('A staging file has changed while it was sent.');
}

async function sendPart({ access, key, id }: Upload, part: Part): Promise<CompletedPart> {
  const { client, bucket, calls, checksums } = access;
  const checksum = checksumOf(part.sha256, checksums);
  const send = (watch: IdleWatch) =>
    sendBody(part, watch, (body) => {
      const command = new UploadPartCommand({
        Bucket: bucket,
        Key: key,
        UploadId: id,
        PartNumber: part.number,
        Body: body,
        ContentLength: part.size,
        ...checksum,
      });
      return client.send(signBody(command, part.sha256), { abortSignal: watch.signal });
    });
  const { ETag } = await calls.call(send, { patience: bodyPatience, expects: ['lost-upload'] });
  return { PartNumber: part.number, ETag, ...checksum };
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
