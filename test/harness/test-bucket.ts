/**
 * A bucket for tests. `PACKYARD_TEST_BLOBS=s3://bucket?endpoint=…` names one on a running server, with keys in
 * `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; otherwise fauxqs answers in this process, which takes no body
 * above 11 MiB: files between that and 16 MiB, where ours go in parts, are refused.
 */
import { createHash } from 'node:crypto';
import { startFauxqs } from 'fauxqs';

export interface TestBucket {
  /** The address of a store of its own below `prefix`. */
  readonly url: (prefix: string) => string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const named = process.env['PACKYARD_TEST_BLOBS'] ?? '';

let opened: Promise<TestBucket> | null = null;

/** Whether servers under test keep their blobs in a bucket. */
export const testsUseBucket = named.startsWith('s3');

/** Settings of a server under test for its blobs: none, or with `PACKYARD_TEST_BLOBS` a place of its own in the bucket. */
export async function blobSettings(data: string): Promise<Record<string, string>> {
  if (!testsUseBucket) return {};
  const { url, accessKey, secretKey } = await testBucket();
  return {
    PACKYARD_BLOBS_URL: url(`server-${createHash('sha256').update(data).digest('hex').slice(0, 20)}`),
    PACKYARD_S3_ACCESS_KEY: accessKey,
    PACKYARD_S3_SECRET_KEY: secretKey,
  };
}

/** Shared by all tests of a process; it ends with the process. */
export function testBucket(): Promise<TestBucket> {
  opened ??= named.startsWith('s3://') ? Promise.resolve(namedBucket()) : fauxBucket();
  return opened;
}

function namedBucket(): TestBucket {
  return {
    url: (prefix) => named.replace(/^(s3:\/\/[^/?]+)\/?/, `$1/${prefix}`),
    accessKey: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
}

async function fauxBucket(): Promise<TestBucket> {
  const server = await startFauxqs({ port: 0, logger: false });
  server.createBucket('packages');
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    url: (prefix) => `s3://packages/${prefix}?endpoint=${endpoint}`,
    accessKey: 'faux-access-key',
    secretKey: 'faux-secret-key',
  };
}
