/** Upstreams that lie while a file is on its way, and documents made to hurt: nothing wrong is complete, nothing is kept. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestServer } from '../harness/types.ts';
import { createRegistry, type TestRegistry } from '../harness/virtual.ts';
import { RawConnection } from './raw-http.ts';

const hour = 3_600_000;
let server: TestServer;
let now = Date.now();
let group: TestGroup;
let upstream: FakeUpstream;
let registry: TestRegistry | undefined;
let count = 0;
let name: string;
let tarball: Buffer;
let integrity: string;

beforeAll(async () => {
  server = await startServer({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  group = await server.createGroup('acme');
});
afterAll(() => server.stop());

beforeEach(async () => {
  count += 1;
  name = `thing-${count}`;
  upstream = await fakeUpstream();
  if (registry !== undefined) await server.api('DELETE', `/virtual_registries/packages/npm/registries/${registry.id}`);
  registry = await createRegistry(server, group, 'npm', [upstream.url]);
  return () => upstream.close();
});

const path = (): string => `${name}/-/${name}-1.0.0.tgz`;

/** What a client gets whole; `null` = the transfer broke. */
async function get(
  of: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; bytes: Buffer | null }> {
  const response = await fetch(`${registry?.url}/${of}`, {
    headers: { 'private-token': server.rootToken, ...headers },
  });
  const bytes = await response.arrayBuffer().then(Buffer.from, () => null);
  return { status: response.status, bytes };
}

/** A tarball that is read along while it comes. */
async function offerLarge(): Promise<void> {
  const made = await npmPackage({ name, files: { 'data.bin': randomBytes(3 * 2 ** 20).toString('latin1') } });
  tarball = made.tarball;
  integrity = made.integrity;
  await offerNpm(upstream, name, [{ bytes: tarball, dist: { integrity, shasum: made.shasum } }]);
}

describe('a transfer that breaks off and is tried again', () => {
  /** The first request gets `first` of a file announced as `length` bytes, the next ones the right file. */
  const breaking = (first: Buffer, length: number): void => {
    let requests = 0;
    upstream.on(`/${path()}`, (request, response) => {
      requests += 1;
      if (requests > 1) return void response.writeHead(200).end(tarball);
      response.writeHead(200, { 'content-length': String(length) });
      response.write(first);
      setTimeout(() => request.socket.destroy(), 100);
    });
  };

  test('goes on where it was', async () => {
    await offerLarge();
    breaking(tarball.subarray(0, 2 ** 21), tarball.length);
    const { status, bytes } = await get(path());
    expect(status).toBe(200);
    expect(bytes?.equals(tarball)).toBe(true);
  });

  test('with other bytes is a broken transfer, and right the next time', async () => {
    await offerLarge();
    breaking(Buffer.concat([tarball.subarray(0, 100), Buffer.alloc(2 ** 21, 'x')]), tarball.length);
    const { status, bytes } = await get(path());
    expect([status, bytes?.length]).toEqual([200, undefined]);
    expect((await get(path())).bytes?.equals(tarball)).toBe(true);
  });

  test('never sends more than was announced', async () => {
    await offerLarge();
    const announced = 2 ** 21;
    breaking(tarball.subarray(0, announced - 1), announced);
    const connection = await RawConnection.open(server.url);
    const { pathname } = new URL(`${registry?.url}/${path()}`);
    await connection.send(`GET ${pathname} HTTP/1.1\r\nHost: x\r\nPrivate-Token: ${server.rootToken}\r\n\r\n`);
    const text = await connection.closed();
    expect(text).toMatch(new RegExp(`^HTTP/1.1 200 OK\r\n[^]*content-length: ${announced}\r\n`, 'i'));
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBeLessThan(announced);
  });
});

describe('a document made to hurt', () => {
  const cases: readonly (readonly [string, Parameters<FakeUpstream['on']>[1]])[] = [
    [
      'a gzip bomb',
      (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(140 * 2 ** 20, ' ')));
      },
    ],
    [
      'gzip that is none',
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'),
    ],
    [
      'an encoding nobody asked for',
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'br' }).end('x'),
    ],
    ['304 without being asked', (_request, response) => void response.writeHead(304).end()],
    ['206 without being asked', (_request, response) => void response.writeHead(206).end('{}')],
    ['204', (_request, response) => void response.writeHead(204).end()],
    ['nothing', ''],
    ['deep nesting', '['.repeat(200_000)],
    ['a prototype', `{"name":"thing","versions":{"__proto__":{"polluted":1}},"dist-tags":{"constructor":"1"}}`],
    ['another package', { name: 'other', versions: {}, 'dist-tags': {} }],
    ['huge headers', (_request, response) => void response.writeHead(200, { 'x-big': 'x'.repeat(40_000) }).end('{}')],
    [
      'a redirect without end',
      (request, response) => void response.writeHead(302, { location: request.url ?? '' }).end(),
    ],
    [
      'a redirect to a file',
      (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
    ['a redirect nowhere', (_request, response) => void response.writeHead(302).end()],
    [
      'less than it says',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"name":');
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ];

  test.each(cases)('%s is 502, and the next answer heals', async (_what, answer) => {
    upstream.on(`/${name}`, answer);
    expect((await get(name)).status).toBe(502);
    now += hour;
    await offerNpm(upstream, name, [{}]);
    expect((await get(name)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('what is here stays in force while it lies', async () => {
    await offerNpm(upstream, name, [{}]);
    expect((await get(name)).status).toBe(200);
    now += 2 * hour;
    upstream.on(`/${name}`, '<html>captcha</html>');
    expect((await get(name)).status).toBe(200);
  });
});

test('429 with Retry-After is passed on, and the upstream left alone until then', async () => {
  upstream.on(`/${name}`, (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end());
  const response = await fetch(`${registry?.url}/${name}`, { headers: { 'private-token': server.rootToken } });
  expect([response.status, response.headers.get('retry-after')]).toEqual([502, '60']);
  await response.arrayBuffer();
  await get('another');
  expect(upstream.hits.get('/another')).toBeUndefined();
  now += 61_000;
  expect((await get('another')).status).toBe(404);
});
