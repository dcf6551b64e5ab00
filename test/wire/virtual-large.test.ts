/** Large files on their way from an upstream: read along by many, given up by none, never complete when wrong. */
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestServer } from '../harness/types.ts';
import { createRegistry, type TestRegistry } from '../harness/virtual.ts';
import { gate } from './virtual-scene.ts';

/** As large and as many as the issue wants with `PACKYARD_TEST_LARGE=1`. */
const isLarge = process.env['PACKYARD_TEST_LARGE'] === '1';
const size = isLarge ? 200 * 2 ** 20 : 3 * 2 ** 20;
const clients = isLarge ? 500 : 25;

let server: TestServer;
let group: TestGroup;
let upstream: FakeUpstream;
let registry: TestRegistry;
let count = 0;
let file: string;
let bytes: Buffer;
let sha256: string;

beforeAll(async () => {
  server = await startServer({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  group = await server.createGroup('acme');
  upstream = await fakeUpstream();
  registry = await createRegistry(server, group, 'generic', [upstream.url]);
  bytes = randomBytes(size);
  sha256 = digest(bytes);
});
afterAll(async () => {
  await server.stop();
  await upstream.close();
});
beforeEach(() => {
  count += 1;
  file = `/tool/1.0.${count}/tool.bin`;
});

const headers = (): Record<string, string> => ({ 'private-token': server.rootToken });
const digest = (of: Buffer): string => createHash('sha256').update(of).digest('hex');

/** Sends the file in pieces, the first at once and the rest when `go` resolves. */
function slowly(of: Buffer, go: Promise<void>, end: 'whole' | 'cut' = 'whole', length = true): void {
  upstream.on(file, async (request, response) => {
    response.writeHead(200, length ? { 'content-length': String(of.length) } : {});
    response.write(of.subarray(0, of.length / 2));
    await go;
    if (end === 'cut') request.socket.destroy();
    else response.end(of.subarray(of.length / 2));
  });
}

/** What one client gets: the digest of what came, or `null` when the transfer broke. */
async function download(): Promise<{ status: number; digest: string | null }> {
  const response = await fetch(`${registry.url}${file}`, { headers: headers() });
  const hash = createHash('sha256');
  try {
    for await (const chunk of response.body ?? []) hash.update(chunk);
    return { status: response.status, digest: hash.digest('hex') };
  } catch {
    return { status: response.status, digest: null };
  }
}

test(
  'many at once on a cold file: one request, and the right bytes for each',
  async () => {
    upstream.on(file, bytes);
    const got = await Promise.all(Array.from({ length: clients }, download));
    expect(new Set(got.map(({ digest: each }) => each))).toEqual(new Set([sha256]));
    expect(upstream.hits.get(file)).toBe(1);
  },
  isLarge ? 600_000 : 30_000,
);

test('who comes late reads the same file from its start', async () => {
  const { opened, open } = gate();
  slowly(bytes, opened);
  const first = download();
  await until(() => (upstream.hits.get(file) ?? 0) > 0);
  const late = download();
  open();
  expect((await Promise.all([first, late])).map((each) => each.digest)).toEqual([sha256, sha256]);
  expect(upstream.hits.get(file)).toBe(1);
  expect((await download()).digest).toBe(sha256);
});

test('the first client goes away: the others get it, and it is kept', async () => {
  const { opened, open } = gate();
  slowly(bytes, opened);
  const leader = httpRequest(`${registry.url}${file}`, { headers: headers() }, (response) => {
    response.on('data', () => response.destroy());
    response.on('error', () => undefined);
  });
  leader.on('error', () => undefined);
  leader.end();
  await until(() => (upstream.hits.get(file) ?? 0) > 0);
  const follower = download();
  leader.destroy();
  open();
  expect((await follower).digest).toBe(sha256);
  expect((await download()).digest).toBe(sha256);
  expect(upstream.hits.get(file)).toBe(1);
});

describe('an upstream that ends half-way', () => {
  test.each([true, false])(
    'Content-Length %s: broken for all, nothing kept, and fetched anew by the next',
    async (length) => {
      const { opened, open } = gate();
      slowly(bytes, opened, 'cut', length);
      const both = Promise.all([download(), download()]);
      await until(() => (upstream.hits.get(file) ?? 0) > 0);
      open();
      for (const { status, digest: got } of await both) expect(got === null || status === 502).toBe(true);
      expect(await entries()).not.toContain(file.slice(1));
      upstream.on(file, bytes);
      expect((await download()).digest).toBe(sha256);
    },
  );
});

test('names as long as they may be, of letters that take three bytes', async () => {
  const folder = '文'.repeat(80);
  file = `/${'n'.repeat(255)}/${'1'.repeat(255)}/${Array(8).fill(encodeURIComponent(folder)).join('/')}/f`;
  expect((await download()).status).toBe(404);
  upstream.on(file, Buffer.from('x'));
  expect((await download()).digest).toBe(digest(Buffer.from('x')));
});

test('a range and HEAD of a cold file', async () => {
  upstream.on(file, (_request, response) => {
    response.writeHead(200, { 'content-length': String(bytes.length) }).end(bytes);
  });
  const head = await fetch(`${registry.url}${file}`, { method: 'HEAD', headers: headers() });
  expect(head.status).toBe(200);
  expect(head.headers.get('content-length')).toBe(String(size));
  const part = await fetch(`${registry.url}${file}`, { headers: { ...headers(), range: 'bytes=10-19' } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
  expect(upstream.hits.get(file)).toBe(1);
});

test('a file that may change is looked at again when it is old, and given as it was while the upstream is down', async () => {
  const small = Buffer.from('one');
  upstream.on(file, (request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end(small);
  });
  expect((await download()).digest).toBe(digest(small));
  expect((await download()).digest).toBe(digest(small));
  expect(upstream.hits.get(file)).toBe(1);
});

async function entries(): Promise<string[]> {
  const path = `/virtual_registries/packages/generic/upstreams/${registry.upstreams[0]?.id}/cache_entries`;
  const all = await server.api<{ relative_path: string }[]>('GET', `${path}?per_page=100`);
  return all.map((entry) => entry.relative_path);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
