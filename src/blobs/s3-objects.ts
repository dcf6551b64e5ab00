import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bodyPatience, type S3Body, sendBody } from './s3-body.ts';
import type { S3Calls } from './s3-calls.ts';
import { checksumOf, signBody } from './s3-client.ts';
import { type S3Failure, s3Failure } from './s3-failure.ts';
import type { IdleWatch } from './s3-idle.ts';
import { type S3Piece, pieceOf } from './s3-piece.ts';

/** How to reach one bucket. */
export interface S3Access {
  readonly client: S3Client;
  readonly bucket: string;
  readonly calls: S3Calls;
  /** Whether the store takes checksum headers. */
  readonly checksums: boolean;
}

export interface S3Object {
  readonly key: string;
  readonly size: number;
  /** Milliseconds, whole seconds: not every answer of a store tells more. */
  readonly modifiedAt: number;
}

/** A bucket that was there is taken for there for so long, milliseconds. */
const bucketSeenFor = 30_000;

/** The objects of a bucket. Problems are those of `S3Calls.call`. */
export class S3Objects {
  readonly #access: S3Access;
  #bucketSeenAt = Number.NEGATIVE_INFINITY;
  /** Whether the store knows `If-None-Match`, as far as it has told. */
  #isConditional = true;

  constructor(access: S3Access) {
    this.#access = access;
  }

  /** Rejects when the bucket is not there, or not for us. */
  async checkBucket(): Promise<void> {
    const { client, bucket, calls } = this.#access;
    // Not HeadBucket, whose answer has no body that says what is wrong.
    const command = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
    await calls.call(({ signal }) => client.send(command, { abortSignal: signal }));
    this.#bucketSeenAt = performance.now();
  }

  /** `null` when there is no such key. */
  async head(key: string): Promise<S3Object | null> {
    try {
      return await this.#look(key, ['absent', 'refused']);
    } catch (error) {
      if (s3Failure(error) === 'refused') return this.#lookAgain(key);
      if (s3Failure(error) !== 'absent') throw error;
    }
    // The answer is the same when the whole bucket is missing, and then nothing may be called missing.
    if (performance.now() - this.#bucketSeenAt > bucketSeenFor) await this.checkBucket();
    return null;
  }

  /** The answer has no body that says why; another call's has. */
  async #lookAgain(key: string): Promise<S3Object | null> {
    await this.checkBucket();
    return this.#look(key, ['absent']).catch((error: unknown) => {
      if (s3Failure(error) === 'absent') return null;
      throw error;
    });
  }

  async #look(key: string, expects: readonly S3Failure[]): Promise<S3Object> {
    const { client, bucket, calls } = this.#access;
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const found = await calls.call(({ signal }) => client.send(command, { abortSignal: signal }), { expects });
    return { key, size: found.ContentLength ?? 0, modifiedAt: secondOf(found.LastModified) };
  }

  /**
   * The object from byte `start` to byte `end`, or to its end. Rejects with what `s3Failure` calls `absent` or
   * `out-of-range`, too.
   */
  get(key: string, start: number, end: number | null): Promise<S3Piece> {
    const { client, bucket, calls } = this.#access;
    const range = start === 0 && end === null ? null : `bytes=${start}-${end ?? ''}`;
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...(range === null ? {} : { Range: range }) });
    return calls.call(
      async ({ signal }) => pieceOf(await client.send(command, { abortSignal: signal }), range === null ? null : start),
      { expects: ['absent', 'out-of-range'] },
    );
  }

  /** Writes an object. With `onlyIfAbsent` it may find the key taken, which is no error. */
  async put(key: string, content: S3Body, onlyIfAbsent: boolean): Promise<void> {
    const { client, bucket, calls, checksums } = this.#access;
    const isConditional = onlyIfAbsent && this.#isConditional;
    try {
      const send = (watch: IdleWatch) =>
        sendBody(content, watch, (body) => {
          const command = new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentLength: content.size,
            ContentType: 'application/octet-stream',
            ...checksumOf(content.sha256, checksums),
            ...(isConditional ? { IfNoneMatch: '*' } : {}),
          });
          return client.send(signBody(command, content.sha256), { abortSignal: watch.signal });
        });
      const expects: S3Failure[] = isConditional ? ['present', 'conflict', 'unsupported'] : [];
      await calls.call(send, { patience: Buffer.isBuffer(content.from) ? 1 : bodyPatience, expects });
    } catch (error) {
      if (s3Failure(error) === 'unsupported') {
        this.#isConditional = false;
        await this.put(key, content, false);
      } else if (!isTaken(error)) throw error;
    }
  }

  /** Resolves when there is no such key, too. */
  async remove(key: string): Promise<void> {
    const { client, bucket, calls } = this.#access;
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
    const send = ({ signal }: IdleWatch) => client.send(command, { abortSignal: signal });
    await calls.call(send, { expects: ['absent'] }).catch((error: unknown) => {
      if (s3Failure(error) !== 'absent') throw error;
    });
  }
}

/** Found so, or being written by another. */
function isTaken(error: unknown): boolean {
  const failure = s3Failure(error);
  return failure === 'present' || failure === 'conflict';
}

/** An unknown age is a young one: nothing may be thrown away because of it. */
export function secondOf(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? Date.now()) / 1_000) * 1_000;
}
