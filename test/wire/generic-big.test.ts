import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payload, payloadSha256 } from '../harness/payload.ts';
import { hasProcFiles, ServerProcess } from './server-process.ts';

/** Nightly runs set 5 GiB, GitLab's limit. */
const size = Number(process.env['BIG_FILE_BYTES'] ?? 256 * 2 ** 20);
/** Whatever the size. */
const mostMemory = 96 * 2 ** 20;

let server: ServerProcess;
let headers: Record<string, string>;

beforeAll(async () => {
  server = await ServerProcess.start({ PACKYARD_LOG_LEVEL: 'warn' });
  headers = { 'private-token': server.token };
  // What is loaded once is no part of what a file costs.
  await upload('/big/0.0/first', 4 * 2 ** 20);
  await read(await download('/big/0.0/first'));
});

afterAll(() => server.end());

async function upload(path: string, bytes: number): Promise<number> {
  const put = request(`${server.generic}${path}`, {
    method: 'PUT',
    headers: { ...headers, 'content-length': bytes, 'x-checksum-sha256': payloadSha256(bytes) },
  });
  const answered = once(put, 'response') as Promise<[IncomingMessage]>;
  await pipeline(payload(bytes), put);
  const [response] = await answered;
  response.resume();
  return response.statusCode ?? 0;
}

async function download(path: string, range?: string): Promise<IncomingMessage> {
  const get = request(`${server.generic}${path}`, {
    headers: { ...headers, ...(range === undefined ? {} : { range }) },
  });
  get.end();
  const [response] = (await once(get, 'response')) as [IncomingMessage];
  return response;
}

/** SHA-256 of a body, or of its first `most` bytes, after which the connection is broken off. */
async function read(response: IncomingMessage, hash = createHash('sha256'), most = Infinity): Promise<number> {
  let count = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const wanted = chunk.subarray(0, most - count);
    hash.update(wanted);
    count += wanted.length;
    if (count === most) break;
  }
  return count;
}

test.runIf(hasProcFiles)(
  'a file of any size goes up and down in little memory',
  async () => {
    server.forgetPeak();
    const { now: before } = server.memory();
    expect(await upload('/big/1.0/file', size)).toBe(201);
    expect(server.memory().peak - before).toBeLessThan(mostMemory);
    expect(readdirSync(join(server.data, 'staging'))).toEqual([]);
    const hash = createHash('sha256');
    const response = await download('/big/1.0/file');
    expect(response.headers['content-length']).toBe(String(size));
    expect(await read(response, hash)).toBe(size);
    expect(hash.digest('hex')).toBe(payloadSha256(size));
    expect(server.memory().peak - before).toBeLessThan(mostMemory);
  },
  1_200_000,
);

test.runIf(hasProcFiles)(
  'a download that broke off goes on where it ended',
  async () => {
    const hash = createHash('sha256');
    const first = await read(await download('/big/1.0/file'), hash, Math.floor(size * 0.6) + 7);
    const rest = await download('/big/1.0/file', `bytes=${first}-`);
    expect([rest.statusCode, rest.headers['content-range']]).toEqual([206, `bytes ${first}-${size - 1}/${size}`]);
    expect(first + (await read(rest, hash))).toBe(size);
    expect(hash.digest('hex')).toBe(payloadSha256(size));
    const complete = await download('/big/1.0/file', `bytes=${size}-`);
    expect([complete.statusCode, complete.headers['content-range']]).toEqual([416, `bytes */${size}`]);
  },
  1_200_000,
);
