import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BlobMissing, type BlobStore } from '../../src/blobs/blob-store.ts';
import { openBlobs } from '../../src/blobs/connect.ts';
import type { S3Fault, S3Operation } from '../harness/s3-faults.ts';
import { S3Stub } from '../harness/s3-stub.ts';
import { digestsOf, inPieces, pattern } from './upload-bodies.ts';

const kib = 1024;
const mib = 1024 * kib;
const small = pattern(1_000);
const large = pattern(2 * mib);
/** Three parts. */
const huge = pattern(17 * mib);
const unavailable = {
  code: 'storage-unavailable',
  status: 503,
  headers: { 'retry-after': expect.any(String) as string },
};

let folder: string;
let stub: S3Stub;
let store: BlobStore;
let told: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-faults-'));
});

beforeEach(async () => {
  stub = await S3Stub.start();
  told = [];
  store = await openStore();
});

afterEach(async () => {
  await stub.close();
  expect(await readdir(join(folder, 'staging')), 'left behind in staging').toEqual([]);
});

afterAll(() => rm(folder, { recursive: true }));

function openStore(options = 'timeout=0.6'): Promise<BlobStore> {
  return openBlobs(`s3://${stub.bucket}?endpoint=${stub.endpoint}&${options}`, {
    folder,
    keys: { accessKey: 'any', secretKey: 'any secret' },
    tell: (level, sentence) => told.push(`${level}: ${sentence}`),
  });
}

async function commit(bytes: Buffer): Promise<string> {
  const staging = await store.stage(inPieces(bytes), { maxSize: 64 * mib });
  try {
    await staging.commit();
  } finally {
    await staging.discard();
  }
  return staging.digests.sha256;
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function expectStored(bytes: Buffer): Promise<void> {
  const { sha256 } = digestsOf(bytes);
  expect((await store.stat(sha256))?.size).toBe(bytes.length);
  expect((await bytesOf(await store.open(sha256))).equals(bytes)).toBe(true);
  expect(stub.uploads.size).toBe(0);
}

const passing: readonly (readonly [string, S3Fault])[] = [
  ['500', { status: 500, code: 'InternalError' }],
  ['503 SlowDown', { status: 503, code: 'SlowDown' }],
  ['429', { status: 429, code: 'TooManyRequests' }],
  ['a connection that is reset', { reset: 'before' }],
];

describe('twice, and then it passes: ', () => {
  test.each(passing)('%s while bytes are written', async (_name, fault) => {
    const steps: readonly (readonly [Buffer, readonly S3Operation[]])[] = [
      [small, ['put', 'head']],
      [large, ['head', 'put']],
      [huge, ['head', 'create-upload', 'put-part', 'complete-upload']],
    ];
    for (const [bytes, operations] of steps) {
      for (const operation of operations) stub.fail(operation, fault, 2);
      await commit(bytes);
      await expectStored(bytes);
    }
    expect(told).toEqual([]);
  });

  test.each(passing)('%s while they are read', async (_name, fault) => {
    const sha256 = await commit(large);
    for (const operation of ['get', 'head', 'list', 'delete'] as const) stub.fail(operation, fault, 2);
    expect((await store.read(sha256)).equals(large)).toBe(true);
    expect((await store.stat(sha256))?.size).toBe(large.length);
    for await (const blob of store.list()) expect(blob.sha256).toBe(sha256);
    await store.remove(sha256);
    expect(stub.objects.size).toBe(0);
  });

  test('a 200 that holds an error', async () => {
    const fault = { status: 200, code: 'InternalError' };
    stub.fail('put', fault);
    stub.fail('create-upload', fault);
    stub.fail('complete-upload', fault);
    await commit(small);
    await commit(huge);
    for (const operation of ['get', 'list'] as const) stub.fail(operation, fault);
    await expectStored(small);
    await expectStored(huge);
    for await (const blob of store.list()) expect(blob.size).toBeGreaterThan(0);
  });

  test.each([
    { status: 400, code: 'RequestTimeout' },
    { status: 403, code: 'RequestTimeTooSkewed' },
    { status: 400, code: 'XAmzContentSHA256Mismatch' },
  ])('%o, which only a body can say', async (fault) => {
    for (const operation of ['put', 'put-part', 'complete-upload', 'get', 'list'] as const) {
      stub.fail(operation, fault, 2);
    }
    await commit(small);
    await commit(huge);
    await expectStored(small);
    await expectStored(huge);
  });

  test.each(['put', 'head', 'get', 'put-part', 'create-upload'] as const)('no answer to %s', async (operation) => {
    stub.fail(operation, { hang: true });
    await commit(small);
    await commit(huge);
    await expectStored(small);
    await expectStored(huge);
  });
});

describe('for good: ', () => {
  test.each([
    ['500', { status: 500, code: 'InternalError' }],
    ['503', { status: 503, code: 'SlowDown' }],
    ['no answer', { hang: true }],
    ['reset', { reset: 'before' }],
  ] as const)('%s leaves nothing, is told, and is forgotten when it is over', async (_name, fault) => {
    for (const [bytes, operation] of [
      [small, 'put'],
      [large, 'put'],
      [huge, 'put-part'],
    ] as const) {
      store = await openStore();
      stub.fail(operation, fault, 1_000);
      const before = stub.count(operation);
      await expect(commit(bytes)).rejects.toMatchObject(unavailable);
      if (operation === 'put') expect(stub.count('put') - before).toBeLessThanOrEqual(3);
      expect(stub.objects.size + stub.uploads.size).toBe(0);
      expect(told.splice(0)[0]).toMatch(/^error: The object store fails: /);
      stub.heal();
      await commit(bytes);
      await expectStored(bytes);
      stub.objects.clear();
    }
  });

  test.each([
    [{ status: 403, code: 'ExpiredToken' }, 'the keys have expired (ExpiredToken)'],
    [{ status: 403, code: 'AccessDenied' }, 'these keys may not do this to the bucket (AccessDenied)'],
    [{ status: 404, code: 'NoSuchBucket' }, 'the bucket does not exist (NoSuchBucket)'],
    [{ status: 301, code: 'PermanentRedirect' }, 'the bucket is in another region (PermanentRedirect)'],
  ])('%o is not tried again, and told once', async (fault, sentence) => {
    const sha256 = await commit(large);
    stub.fail('any', fault, 1_000);
    const before = stub.requests.length;
    await expect(store.open(sha256)).rejects.toMatchObject(unavailable);
    expect(stub.requests.length - before).toBe(1);
    for (const attempt of [store.open(sha256), store.read(sha256), store.probe(), commit(small)]) {
      await expect(attempt).rejects.toMatchObject(unavailable);
    }
    expect(told).toEqual([`error: The object store refuses to work: ${sentence}.`]);
    stub.heal();
    await expectStored(large);
  });

  test('a dead store is not waited for, and one call finds out that it is back', async () => {
    stub.fail('any', { reset: 'before' }, 1_000);
    for (let i = 0; i < 3; i++) await expect(store.stat(digestsOf(small).sha256)).rejects.toMatchObject(unavailable);
    const before = stub.requests.length;
    await expect(store.probe()).rejects.toMatchObject(unavailable);
    await expect(commit(small)).rejects.toMatchObject(unavailable);
    expect(stub.requests.length).toBe(before);
  });

  test('a bucket that vanishes is not a store without blobs', async () => {
    store = await openStore();
    const { sha256 } = digestsOf(small);
    stub.fail('head', { status: 404, code: 'NoSuchBucket' }, 1_000);
    expect(await store.stat(sha256), 'seen a moment ago').toBeNull();
    stub.fail('any', { status: 404, code: 'NoSuchBucket' }, 1_000);
    await expect(store.open(sha256)).rejects.toMatchObject(unavailable);
    await expect(store.read(sha256)).rejects.toMatchObject(unavailable);
  });

  test('one that refuses these settings is not opened; one that is down may come back', async () => {
    stub.fail('list', { status: 403, code: 'SignatureDoesNotMatch' });
    await expect(openStore()).rejects.toThrow('the secret key is wrong (SignatureDoesNotMatch)');
    stub.fail('list', { status: 500 }, 3);
    store = await openStore();
    expect(told.splice(0)).toContain('error: The object store fails: it answered 500 InternalError.');
    await commit(small);
    await expectStored(small);
  });
});

describe('what was written', () => {
  test('is written once, when only the answer got lost', async () => {
    stub.fail('put', { reset: 'after' });
    stub.fail('complete-upload', { reset: 'after' });
    await commit(small);
    await commit(huge);
    await expectStored(small);
    await expectStored(huge);
    expect(stub.count('put')).toBe(2);
    expect(stub.count('create-upload')).toBe(1);
  });

  test('is waited for when the store needs a moment to show it', async () => {
    stub.fail('put', { hideFor: 3 });
    await commit(small);
    await expectStored(small);
    expect(stub.count('put')).toBe(1);
  });

  test('and forgotten by the store is written again', async () => {
    stub.fail('put', { lose: true });
    stub.fail('put-part', { lose: true });
    await commit(small);
    await commit(huge);
    await expectStored(small);
    await expectStored(huge);
  });

  test('and never shows up is no success', async () => {
    stub.fail('put', { lose: true }, 1_000);
    await expect(commit(small)).rejects.toMatchObject(unavailable);
  });

  test('is kept, and replaced when it is not whole', async () => {
    const sha256 = await commit(small);
    const [[key, stored] = ['', null]] = stub.objects;
    await commit(small);
    expect(stub.objects.get(key)).toBe(stored);
    for (const bytes of [small, large]) {
      const name = key.replace(/sha256.*/, `sha256/${digestsOf(bytes).sha256.slice(0, 2)}/${digestsOf(bytes).sha256}`);
      if (stored !== null) stub.objects.set(name, { ...stored, size: 10 });
      await commit(bytes);
      await expectStored(bytes);
    }
    expect(sha256).toBe(digestsOf(small).sha256);
  });

  test('is the same whether the store knows conditions, refuses them, or has another write under way', async () => {
    stub.fail('put', { status: 409, code: 'ConditionalRequestConflict' }, 2);
    await commit(small);
    stub.knowsConditions = false;
    await commit(small);
    stub.objects.clear();
    stub.fail('put', { status: 501, code: 'NotImplemented' });
    await commit(small);
    const conditions = stub.requests
      .filter(({ operation }) => operation === 'put')
      .map(({ headers }) => headers['if-none-match']);
    expect(conditions).toEqual(['*', '*', '*', '*', '*', undefined]);
    await commit(large);
    expect(stub.requests.findLast(({ operation }) => operation === 'put')?.headers['if-none-match']).toBeUndefined();
    await expectStored(small);
  });
});

describe('a download', () => {
  test.each([0, 1, 70_000, mib, 2 * mib - 1])('that breaks off after %d bytes goes on from there', async (cutAfter) => {
    const sha256 = await commit(large);
    stub.fail('get', { cutAfter }, 3);
    await expectStored(large);
    stub.heal();
    stub.fail('get', { cutAfter }, 2);
    const part = await bytesOf(await store.open(sha256, { start: 5, end: large.length - 6 }));
    expect(part.equals(large.subarray(5, large.length - 5))).toBe(true);
  });

  test('that brings nothing more fails', async () => {
    const sha256 = await commit(large);
    stub.fail('get', { cutAfter: 70_000 });
    stub.fail('get', { cutAfter: 0 }, 1_000);
    await expect(bytesOf(await store.open(sha256))).rejects.toMatchObject(unavailable);
  });

  test('that stands still goes on', async () => {
    const sha256 = await commit(large);
    stub.fail('get', { slow: 2_000 });
    expect((await store.read(sha256)).equals(large)).toBe(true);
  });

  test('may take longer than the time-out when it moves, and when its reader is slow', async () => {
    const sha256 = await commit(large);
    stub.fail('get', { slow: 20 });
    const stream = await store.open(sha256);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
      if (chunks.length === 3) await pause(900);
      chunks.push(chunk as Buffer);
    }
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
    expect(stub.count('get')).toBe(1);
  });

  test('of more or less than there is fails', async () => {
    const sha256 = await commit(small);
    stub.fail('get', { lengthOff: 1 }, 1_000);
    await expect(store.read(sha256)).rejects.toMatchObject(unavailable);
    stub.heal();
    stub.fail('get', { lengthOff: -1 }, 1_000);
    await expect(store.read(sha256)).rejects.toBeInstanceOf(Error);
  });

  test('of other bytes counts as missing, when it is read whole', async () => {
    const sha256 = await commit(small);
    stub.fail('get', { spoil: true });
    await expect(store.read(sha256)).rejects.toBeInstanceOf(BlobMissing);
  });

  test('whose blob is removed meanwhile fails when it has to go on', async () => {
    const sha256 = await commit(large);
    stub.fail('get', { cutAfter: 70_000 });
    const stream = await store.open(sha256);
    stub.objects.clear();
    await expect(bytesOf(stream)).rejects.toMatchObject(unavailable);
  });
});

describe('an upload', () => {
  test('that is slow may take longer than the time-out', async () => {
    stub.fail('put', { slow: 20 });
    await commit(large);
    expect(stub.count('put')).toBe(1);
    await expectStored(large);
  });

  test.each([large, huge])('whose staging file has changed is refused', async (bytes) => {
    const staging = await store.stage(inPieces(bytes), { maxSize: 64 * mib });
    const [name = ''] = await readdir(join(folder, 'staging'));
    const file = await open(join(folder, 'staging', name), 'r+');
    await file.write(Buffer.from('other'), 0, 5, mib);
    await file.close();
    await expect(staging.commit()).rejects.toMatchObject(unavailable);
    await staging.discard();
    expect(stub.objects.size + stub.uploads.size).toBe(0);
  });

  test('in parts that were never put together is aborted when it is old', async () => {
    stub.fail('put-part', { status: 403, code: 'AccessDenied' }, 1_000);
    stub.fail('abort-upload', { status: 403, code: 'AccessDenied' }, 1_000);
    await expect(commit(huge)).rejects.toMatchObject(unavailable);
    stub.heal();
    expect(stub.uploads.size).toBe(1);
    expect(await store.reapStaging(Date.now() - 60_000)).toBe(0);
    stub.uploads.set('foreign', { key: 'others/x', begunAt: new Date(0), parts: new Map() });
    expect(await store.reapStaging(Date.now() + 60_000)).toBe(1);
    expect([...stub.uploads.keys()]).toEqual(['foreign']);
  });
});

test('probes that were left are reaped', async () => {
  stub.fail('delete', { status: 403, code: 'AccessDenied' });
  await expect(store.probe()).rejects.toMatchObject(unavailable);
  expect(stub.objects.size).toBe(1);
  expect(await store.reapStaging(Date.now() - 60_000)).toBe(0);
  expect(await store.reapStaging(Date.now() + 60_000)).toBe(1);
});

test('a list comes in pages, each tried again, and out of order it is refused', async () => {
  const written = await Promise.all(Array.from({ length: 20 }, (_, index) => commit(pattern(10, index))));
  stub.pageSize = 7;
  stub.fail('list', { status: 503, code: 'SlowDown' }, 2);
  const listed: string[] = [];
  for await (const { sha256 } of store.list()) listed.push(sha256);
  expect(listed).toEqual(written.toSorted());
  expect(stub.count('list')).toBeGreaterThanOrEqual(1 + 2 + 3);
});
