/** Upstreams that lie while a file is on its way, and documents made to hurt: nothing wrong is complete, nothing is kept. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { RawConnection } from './raw-http.ts';
import type { FakeUpstream } from '../harness/fake-upstream.ts';
import { hour, type SceneAnswer, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
let name: string;
let tarball: Buffer;
let integrity: string;

beforeEach(() => {
  name = `thing-${scene.count}`;
});

const path = (): string => `${name}/-/${name}-1.0.0.tgz`;

const get = (of: string): Promise<SceneAnswer> => scene.get(of);

/** A tarball that is read along while it comes. */
async function offerLarge(): Promise<void> {
  const made = await npmPackage({ name, files: { 'data.bin': randomBytes(3 * 2 ** 20).toString('latin1') } });
  tarball = made.tarball;
  integrity = made.integrity;
  await offerNpm(scene.upstream, name, [{ bytes: tarball, dist: { integrity, shasum: made.shasum } }]);
}

describe('a transfer that breaks off and is tried again', () => {
  /** The first request gets `first` of a file announced as `length` bytes, the next ones the right file. */
  const breaking = (first: Buffer, length: number): void => {
    let requests = 0;
    scene.upstream.on(`/${path()}`, (request, response) => {
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
    const connection = await RawConnection.open(scene.server.url);
    const { pathname } = new URL(`${scene.registry.url}/${path()}`);
    await connection.send(`GET ${pathname} HTTP/1.1\r\nHost: x\r\nPrivate-Token: ${scene.server.rootToken}\r\n\r\n`);
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
    scene.upstream.on(`/${name}`, answer);
    expect((await get(name)).status).toBe(502);
    scene.now += hour;
    await offerNpm(scene.upstream, name, [{}]);
    expect((await get(name)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('what is here stays in force while it lies', async () => {
    await offerNpm(scene.upstream, name, [{}]);
    expect((await get(name)).status).toBe(200);
    scene.now += 2 * hour;
    scene.upstream.on(`/${name}`, '<html>captcha</html>');
    expect((await get(name)).status).toBe(200);
  });
});

test('429 with Retry-After is passed on, and the upstream left alone until then', async () => {
  scene.upstream.on(`/${name}`, (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end());
  const response = await fetch(`${scene.registry.url}/${name}`, {
    headers: { 'private-token': scene.server.rootToken },
  });
  expect([response.status, response.headers.get('retry-after')]).toEqual([502, '60']);
  await response.arrayBuffer();
  await get('another');
  expect(scene.upstream.hits.get('/another')).toBeUndefined();
  scene.now += 61_000;
  expect((await get('another')).status).toBe(404);
});
