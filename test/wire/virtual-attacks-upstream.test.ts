/**
 * What an upstream may do to us, for every format: with files, with documents, and by where it sends us. Nothing wrong is
 * complete or kept, nobody else is asked, and the next right answer heals.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeAnswer, type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { type Offer, offeredFormats } from './virtual-offers.ts';
import { hour, virtualScene } from './virtual-scene.ts';

interface Attack {
  readonly what: string;
  /** `right` is what would be the right body, `elsewhere` somebody who must not be asked. */
  readonly answer: (right: Buffer, elsewhere: FakeUpstream) => FakeAnswer;
  /** Only a promised digest shows it. */
  readonly needsPromise?: true;
}

const to =
  (location: string): FakeAnswer =>
  (_request, response) =>
    void response.writeHead(302, { location }).end();

const status =
  (code: number, headers: Record<string, string> = {}, body: string | Buffer = ''): FakeAnswer =>
  (_request, response) =>
    void response.writeHead(code, headers).end(body);

const raw =
  (text: string): FakeAnswer =>
  (request) =>
    void request.socket.end(text);

/** Of any answer. */
const attacks: readonly Attack[] = [
  {
    what: 'less than Content-Length',
    answer: (right) => (request, response) => {
      response.writeHead(200, { 'content-length': String(right.length + 1) }).write(right);
      setTimeout(() => request.socket.destroy(), 20);
    },
  },
  {
    what: 'chunks without an end',
    answer: (right) => (request, response) => {
      response.writeHead(200).write(right);
      setTimeout(() => request.socket.destroy(), 20);
    },
  },
  { what: 'a Content-Length that is none', answer: () => raw('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx') },
  {
    what: 'two lengths',
    answer: () => raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'),
  },
  { what: 'no HTTP', answer: () => raw('SSH-2.0-OpenSSH_9.6\r\n') },
  { what: 'nothing at all', answer: () => raw('') },
  { what: '206 unasked', answer: (right) => status(206, {}, right) },
  { what: '304 unasked', answer: () => status(304) },
  { what: '401 with a page', answer: () => status(401, { 'www-authenticate': 'Basic' }, '<html>') },
  { what: 'one huge header', answer: (right) => status(200, { 'x-big': 'x'.repeat(40_000) }, right) },
  {
    what: 'thousands of headers',
    answer: (right) =>
      status(200, Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`x-${i}`, 'xxxxxxxx'])), right),
  },
  { what: 'a redirect to another allowed private address', answer: (_right, { url }) => to(`${url}/x`) },
  { what: 'a redirect to the metadata service', answer: () => to('http://169.254.169.254/latest/meta-data') },
  { what: 'a redirect to loopback', answer: () => to('http://[::1]:1/') },
  { what: 'a redirect to loopback in decimal', answer: () => to('http://2130706433:1/') },
  { what: 'a redirect to a file', answer: () => to('file:///etc/passwd') },
  { what: 'a redirect nowhere', answer: () => status(302) },
  { what: 'a redirect with a user name', answer: (_right, { url }) => to(url.replace('//', '//root:x@')) },
  {
    what: 'redirects without end',
    answer: () => (request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(307, { location: `${request.url}?${Math.random()}` }).end();
    },
  },
];

const ofFiles: readonly Attack[] = [
  { what: 'other bytes', answer: (right) => status(200, {}, Buffer.from(right).fill('x', 5)), needsPromise: true },
  { what: 'a page to sign in', answer: () => status(200, {}, '<!doctype html><p>Sign in'), needsPromise: true },
  { what: 'an empty file', answer: () => status(200), needsPromise: true },
  {
    what: 'a smaller Content-Length',
    answer: (right) => raw(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${right.toString('latin1')}`),
    needsPromise: true,
  },
  { what: 'a file packed on the way', answer: (right) => status(200, { 'content-encoding': 'gzip' }, gzipSync(right)) },
];

const isXml = (format: string): boolean => format === 'maven';
const deep = (format: string): string => (isXml(format) ? '<a>' : '[').repeat(200_000);
const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'abcdefghij'[i + 1]} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')}]><metadata><artifactId>&j;</artifactId></metadata>`;
const outside =
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><metadata><artifactId>&x;</artifactId></metadata>';

const ofDocuments = (format: string): readonly Attack[] => [
  { what: 'a page to sign in', answer: () => status(200, { 'content-type': 'text/html' }, '<html>Sign in</html>') },
  { what: 'nothing', answer: () => status(200) },
  { what: 'null', answer: () => status(200, {}, 'null') },
  { what: 'a list', answer: () => status(200, {}, '[]') },
  { what: 'half of it', answer: (right) => status(200, {}, right.subarray(0, right.length / 2)) },
  { what: 'deep nesting', answer: () => status(200, {}, deep(format)) },
  {
    what: 'a gzip bomb',
    answer: () => status(200, { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(140 * 2 ** 20, ' '))),
  },
  { what: 'an encoding nobody asked for', answer: (right) => status(200, { 'content-encoding': 'br' }, right) },
  { what: 'gzip that is none', answer: () => status(200, { 'content-encoding': 'gzip' }, '{}') },
  { what: 'no UTF-8', answer: () => status(200, {}, Buffer.from([0xff, 0xfe, 0x00, 0x7b])) },
  ...(isXml(format)
    ? [
        { what: 'an entity bomb', answer: () => status(200, {}, bomb) },
        { what: 'an external entity', answer: () => status(200, {}, outside) },
      ]
    : []),
];

let elsewhere: FakeUpstream;
beforeEach(async () => {
  elsewhere = await fakeUpstream();
});
afterEach(async () => {
  expect(elsewhere.hits.size).toBe(0);
  await elsewhere.close();
});

describe.each(offeredFormats)('$format', ({ format, at = '', promises, offer }) => {
  const scene = virtualScene({ format, at });
  let name: string;
  let offered: Offer;
  beforeEach(async () => {
    name = `thing${scene.count}`;
    offered = await offer(scene, name);
  });

  const files = [...attacks, ...ofFiles].filter(({ needsPromise }) => promises || needsPromise === undefined);
  test.each(files)('a file: $what', async ({ answer }) => {
    scene.upstream.on(offered.at, answer(offered.bytes, elsewhere));
    const attacked = await offered.download();
    expect([attacked.status, attacked.text.slice(0, 300)]).toEqual([502, expect.any(String)]);
    expect(await scene.entries()).toEqual([]);
    offered = await offer(scene, name);
    expect((await offered.download()).bytes?.equals(offered.bytes)).toBe(true);
  });

  test('a file that is right, in spite of strange headers', async () => {
    scene.upstream.on(offered.at, (request) => {
      const head = 'HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nETag: "\xff\xfe\x80"\r\nLast-Modified: \xff\r\nX-Y: 1\r\n';
      request.socket.write(Buffer.from(`${head}Content-Length: ${offered.bytes.length}\r\n\r\n`, 'latin1'));
      request.socket.end(offered.bytes);
    });
    for (let times = 0; times < 3; times += 1) {
      const { status: answered, bytes, headers } = await offered.download();
      expect([answered, bytes?.equals(offered.bytes)]).toEqual([200, true]);
      expect([headers.get('set-cookie'), headers.get('x-y')]).toEqual([null, null]);
      scene.now += 48 * hour;
    }
  });

  if (format === 'generic') return;

  test.each([...attacks, ...ofDocuments(format)])('a document: $what', async ({ answer }) => {
    const { path = '', at: place = '' } = offered.document ?? {};
    const right = await fetch(`${scene.upstream.url}${place}`).then((response) => response.arrayBuffer());
    scene.upstream.on(place, answer(Buffer.from(right), elsewhere));
    const attacked = await scene.get(path);
    expect([attacked.status, attacked.text.slice(0, 300)]).toEqual([502, expect.any(String)]);
    scene.now += hour;
    offered = await offer(scene, name);
    expect(await scene.get(path)).toMatchObject({ status: 200 });
  });

  test('a document with strange validators is asked for again all the same', async () => {
    const { path = '', at: place = '' } = offered.document ?? {};
    const right = await fetch(`${scene.upstream.url}${place}`);
    const body = Buffer.from(await right.arrayBuffer());
    scene.upstream.on(place, (request) => {
      const type = right.headers.get('content-type');
      const head = `HTTP/1.1 200 OK\r\nETag: "\xff\xfe"\r\nLast-Modified: \xff\r\n${type === null ? '' : `Content-Type: ${type}\r\n`}`;
      request.socket.write(Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`, 'latin1'));
      request.socket.end(body);
    });
    for (let times = 0; times < 3; times += 1) {
      const { status: answered, headers } = await scene.get(path);
      expect([answered, headers.get('warning')]).toEqual([200, null]);
      scene.now += 2 * hour;
    }
  });

  if (format === 'maven') return;

  test.each([
    ['another private address', () => elsewhere.url],
    ['the metadata service', () => 'http://169.254.169.254/latest'],
    ['Azure', () => 'http://168.63.129.16/machine'],
    ['loopback', () => 'http://[::ffff:127.0.0.1]:1/x'],
    ['loopback in octal', () => 'http://0177.0.0.1:1/x'],
    ['a file', () => 'file:///etc/passwd'],
    ['a user name', () => scene.upstream.url.replace('//', '//root@')],
  ])('a document that names its file at %s', async (_where, place) => {
    offered = await offer(scene, name, `${place()}/x`);
    const { status: answered } = await offered.download();
    // Terraform's documents may name things that nobody relays.
    expect([502, 404, 501]).toContain(answered);
    expect(await scene.entries()).toEqual([]);
  });
});
