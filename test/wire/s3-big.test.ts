import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payload, payloadSha256 } from '../harness/payload.ts';
import { S3Stub } from '../harness/s3-stub.ts';
import { ServerProcess } from './server-process.ts';

/** Nightly runs set 5 GiB. */
const size = Number(process.env['BIG_FILE_BYTES'] ?? 256 * 2 ** 20);
/** Whatever the size: four parts on their way, and the client of AWS. */
const mostMemory = 96 * 2 ** 20;

let stub: S3Stub;
let server: ServerProcess;

beforeAll(async () => {
  stub = await S3Stub.start();
  server = await ServerProcess.start({
    PACKYARD_LOG_LEVEL: 'warn',
    PACKYARD_BLOBS_URL: `s3://${stub.bucket}?endpoint=${stub.endpoint}`,
    PACKYARD_S3_ACCESS_KEY: 'any',
    PACKYARD_S3_SECRET_KEY: 'any secret',
  });
  // What is loaded once is no part of what a file costs.
  await upload('/big/0.0/first', 20 * 2 ** 20);
  await download('/big/0.0/first');
});

afterAll(async () => {
  await server.end();
  await stub.close();
});

async function upload(path: string, bytes: number): Promise<number> {
  const response = await fetch(`${server.generic}${path}`, {
    method: 'PUT',
    headers: { 'private-token': server.token, 'x-checksum-sha256': payloadSha256(bytes) },
    body: Readable.toWeb(payload(bytes)) as ReadableStream<Uint8Array>,
    duplex: 'half',
  });
  await response.arrayBuffer();
  return response.status;
}

async function download(path: string): Promise<string> {
  const response = await fetch(`${server.generic}${path}`, { headers: { 'private-token': server.token } });
  const hash = createHash('sha256');
  for await (const chunk of response.body ?? []) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

test('a file of any size goes to a bucket and back in little memory', async () => {
  server.forgetPeak();
  const { now: before } = server.memory();
  expect(await upload('/big/1.0/file', size)).toBe(201);
  expect(server.memory().peak - before).toBeLessThan(mostMemory);
  expect(readdirSync(join(server.data, 'staging'))).toEqual([]);
  expect(await download('/big/1.0/file')).toBe(payloadSha256(size));
  expect(server.memory().peak - before).toBeLessThan(mostMemory);
  expect(stub.count('put-part')).toBeGreaterThanOrEqual(size / (8 * 2 ** 20));
  expect(stub.uploads.size).toBe(0);
}, 1_200_000);
