/** A whole server on an object store that fails: what is told, what is visible, and that it goes on afterwards. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { payload, payloadSha256 } from '../harness/payload.ts';
import type { S3Fault } from '../harness/s3-faults.ts';
import { S3Stub } from '../harness/s3-stub.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { npmWire, type NpmWire } from './npm-wire.ts';

const mib = 2 ** 20;
const size = 64 * mib;

let stub: S3Stub;
let server: TestServer;
let project: TestProject;
let npm: NpmWire;

beforeAll(async () => {
  stub = await S3Stub.start();
  server = await startOn('timeout=0.6');
  project = await server.createProject('root/files');
  npm = npmWire(project.npm, server.rootToken);
});

beforeEach(() => stub.heal());

afterAll(async () => {
  stub.heal();
  await server.stop();
  await stub.close();
});

function startOn(options: string, settings: Record<string, string> = {}): Promise<TestServer> {
  return startServer({
    settings: {
      PACKYARD_BLOBS_URL: `s3://${stub.bucket}?endpoint=${stub.endpoint}&${options}`,
      PACKYARD_S3_ACCESS_KEY: 'any',
      PACKYARD_S3_SECRET_KEY: 'any secret',
      // Every download asks the store.
      PACKYARD_FILE_CACHE_SIZE: '1',
      ...settings,
    },
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly sha256: string;
  readonly length: number;
}

async function send(method: string, url: string, bytes = 0, seed = 'payload'): Promise<Answer> {
  const headers = { 'private-token': server.rootToken, ...(method === 'PUT' ? { 'content-length': bytes } : {}) };
  const sent = request(url, { method, headers });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  if (method === 'PUT') await pipeline(payload(bytes, seed), sent);
  else sent.end();
  const [response] = await answered;
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    hash.update(chunk);
    length += chunk.length;
  }
  return { status: response.statusCode ?? 0, headers: response.headers, sha256: hash.digest('hex'), length };
}

describe.each<readonly [string, S3Fault]>([
  ['500', { status: 500, code: 'InternalError' }],
  ['503', { status: 503, code: 'SlowDown' }],
  ['slow', { slow: 3 }],
  ['reset', { reset: 'before' }],
])('%s for a while', (name, fault) => {
  test('is not noticed by who publishes and installs with npm', async () => {
    for (const operation of ['put', 'head', 'get'] as const) stub.fail(operation, fault, 2);
    const made = await npmPackage({ name: `@acme/x${name}`, version: '1.0.0' });
    expect((await npm.put(made)).status).toBe(201);
    const document = await npm.send('GET', encodeURIComponent(made.manifest.name));
    expect(document.json).toMatchObject({ versions: { '1.0.0': {} } });
    const tarball = await npm.send('GET', `${made.manifest.name}/-/${made.manifest.name}-1.0.0.tgz`);
    expect([tarball.status, tarball.bytes.equals(made.tarball)]).toEqual([200, true]);
  });

  test('is not noticed by who sends and gets a large file', async () => {
    for (const operation of ['create-upload', 'put-part', 'complete-upload', 'get'] as const) {
      stub.fail(operation, fault, 2);
    }
    const url = `${project.generic}/large/${name}/file`;
    expect((await send('PUT', url, size, name)).status).toBe(201);
    const got = await send('GET', url);
    expect(got).toMatchObject({ status: 200, length: size, sha256: payloadSha256(size, name) });
    expect(stub.uploads.size).toBe(0);
  });
});

test('downloads that break off inside are put together', async () => {
  const url = `${project.generic}/truncated/1/file`;
  await send('PUT', url, size, 'truncated');
  for (const cutAfter of [0, 1, 10 * mib, 20 * mib]) stub.fail('get', { cutAfter });
  expect(await send('GET', url)).toMatchObject({ status: 200, sha256: payloadSha256(size, 'truncated') });
});

describe('a store that fails', () => {
  test.each<S3Fault>([{ status: 500 }, { status: 403, code: 'ExpiredToken' }, { hang: true }])(
    'as %o: 503 with Retry-After, and nothing half-visible',
    async (fault) => {
      const own = await startOn('timeout=0.3');
      try {
        const files = await own.createProject('root/files');
        const wire = npmWire(files.npm, own.rootToken);
        const kept = await npmPackage({ name: '@acme/kept', version: '1.0.0' });
        const lost = await npmPackage({ name: '@acme/lost', version: '1.0.0' });
        await wire.put(kept);
        const before = stub.objects.size;
        stub.fail('any', fault, 1_000);
        const refused = await wire.put(lost);
        expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
        expect((await wire.send('GET', '@acme%2flost')).status).toBe(404);
        expect((await wire.send('GET', '@acme%2fkept')).status).toBe(200);
        expect((await wire.send('GET', '@acme/kept/-/@acme/kept-1.0.0.tgz')).status).toBe(503);
        expect((await fetch(`${own.url}/-/readiness`)).status).toBe(503);
        expect((await fetch(`${own.url}/-/health`)).status).toBe(200);
        expect(stub.objects.size).toBe(before);
        stub.heal();
        await expect.poll(async () => (await wire.put(lost)).status, { timeout: 15_000, interval: 300 }).toBe(201);
        expect((await wire.send('GET', '@acme/kept/-/@acme/kept-1.0.0.tgz')).bytes.equals(kept.tarball)).toBe(true);
      } finally {
        stub.heal();
        await own.stop();
      }
    },
    60_000,
  );

  test.each<S3Fault>([{ cutAfter: 10 * mib }, { lengthOff: -1 }])(
    'in the middle of a download, %o: the connection breaks, no short file',
    async (fault) => {
      const url = `${project.generic}/middle/${fault.cutAfter ?? 0}/file`;
      await send('PUT', url, size, 'middle');
      stub.fail('get', fault);
      stub.fail('get', { cutAfter: 0 }, 1_000);
      await expect(send('GET', url)).rejects.toThrow(/aborted|hang up|RESET/);
    },
  );
});

describe('links to the store', () => {
  let linking: TestServer;
  let generic: string;
  let before: TestServer;

  beforeAll(async () => {
    before = server;
    linking = await startOn('timeout=2', { PACKYARD_S3_REDIRECT: 'true' });
    server = linking;
    ({ generic } = await linking.createProject('root/links'));
    await send('PUT', `${generic}/a/1/large.bin`, 2 * mib);
    await send('PUT', `${generic}/a/1/small.bin`, 1_000);
  });

  afterAll(async () => {
    server = before;
    await linking.stop();
  });

  test('are given for large Generic files, good for five minutes', async () => {
    const answer = await send('GET', `${generic}/a/1/large.bin`);
    expect(answer).toMatchObject({ status: 302, length: 0, headers: { 'cache-control': 'private, no-store' } });
    const link = new URL(answer.headers.location ?? '');
    expect(link.origin).toBe(stub.endpoint);
    expect(Number(link.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(300);
    expect(link.searchParams.get('response-content-disposition')).toContain('filename="large.bin"');
    expect(link.searchParams.get('response-content-type')).toBe('application/octet-stream');
    const followed = await fetch(`${generic}/a/1/large.bin`, { headers: { 'private-token': linking.rootToken } });
    expect((await followed.arrayBuffer()).byteLength).toBe(2 * mib);
  });

  test('not for small ones, HEAD, or npm', async () => {
    expect((await send('GET', `${generic}/a/1/small.bin`)).status).toBe(200);
    expect((await send('HEAD', `${generic}/a/1/large.bin`)).status).toBe(200);
    const files = { 'noise.txt': randomBytes(2 * mib).toString('hex') };
    const large = await npmPackage({ name: '@acme/large', version: '1.0.0', files });
    const { npm: registry } = await linking.createProject('root/npm');
    const wire = npmWire(registry, linking.rootToken);
    await wire.put(large);
    const tarball = await wire.send('GET', '@acme/large/-/@acme/large-1.0.0.tgz');
    expect(tarball.bytes.equals(large.tarball)).toBe(true);
    expect(large.tarball.length).toBeGreaterThan(mib);
    expect(stub.count('get')).toBeGreaterThan(0);
  });

  test('nor for what is not there', async () => {
    stub.objects.clear();
    expect((await send('GET', `${generic}/a/1/large.bin`)).status).toBe(503);
  });
});
