import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { RawConnection, requestBytes } from './raw-http.ts';

/** Requests whose end, addressee or size is in doubt: refused, and the connection ended with what may hide in it. */

let server: TestServer;
let put: string;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  const project = await server.createProject('acme/framing');
  put = `PUT /api/v4/projects/${project.id}/packages/generic/p/1.0/f HTTP/1.1\r\nHost: a\r\nPrivate-Token: ${server.rootToken}\r\n`;
});

afterAll(() => server.stop());

/** What a proxy might have taken for part of the first request's body. */
const smuggled = 'GET /-/health HTTP/1.1\r\nHost: a\r\n\r\n';

/** Statuses of all answers, in order, once the server has closed the connection. */
async function statuses(bytes: string): Promise<number[]> {
  const connection = await RawConnection.open(server.url);
  await connection.send(Buffer.from(bytes, 'latin1'));
  const all = await connection.closed();
  return [...all.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]));
}

async function expectNothingStored(): Promise<void> {
  expect(await server.storedBlobs()).toEqual([]);
  expect(await readdir(join(server.data, 'staging'))).toEqual([]);
}

describe('a body whose length is told twice, or badly', () => {
  test.each([
    ['Content-Length and Transfer-Encoding', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['Transfer-Encoding and Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'],
    ['two Content-Lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
    ['the same Content-Length twice', 'Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a list', 'Content-Length: 4, 4\r\n\r\nabcd'],
    ['a sign', 'Content-Length: +4\r\n\r\nabcd'],
    ['a negative length', 'Content-Length: -4\r\n\r\nabcd'],
    ['a hexadecimal length', 'Content-Length: 0x4\r\n\r\nabcd'],
    ['more than 64 bits', 'Content-Length: 18446744073709551617\r\n\r\nabcd'],
    ['an empty length', 'Content-Length: \r\n\r\nabcd'],
    ['an unknown coding', 'Transfer-Encoding: xchunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['a compressed coding', 'Transfer-Encoding: gzip, chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['chunked twice', 'Transfer-Encoding: chunked, chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    [
      'two codings in two lines',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
    ],
    ['a coding in quotes', 'Transfer-Encoding: "chunked"\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['a vertical tab', 'Transfer-Encoding:\x0bchunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['a folded line', 'Transfer-Encoding:\r\n chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n'],
    ['a line that starts with a space', ' Content-Length: 50\r\n\r\n'],
    ['a line feed alone', 'X: y\nContent-Length: 4\r\n\r\nabcd'],
    ['a carriage return alone', 'X: y\rContent-Length: 4\r\n\r\nabcd'],
    ['a NUL', 'X: y\0z\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a chunk extension with a line feed', 'Transfer-Encoding: chunked\r\n\r\n4;a\nb\r\nabcd\r\n0\r\n\r\n'],
    ['a chunk size with a prefix', 'Transfer-Encoding: chunked\r\n\r\n0x4\r\nabcd\r\n0\r\n\r\n'],
    ['a chunk size beyond 64 bits', 'Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabcd\r\n0\r\n\r\n'],
    ['a chunk longer than said', 'Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n'],
    ['chunks that end in a line feed', 'Transfer-Encoding: chunked\n\n4\nabcd\n0\n\n'],
  ])('%s', async (_what, rest) => {
    expect(await statuses(put + rest + smuggled)).toEqual([400]);
    await expectNothingStored();
  });

  test('chunks in HTTP/1.0', async () => {
    const old = put.replace('HTTP/1.1', 'HTTP/1.0');
    expect(await statuses(`${old}Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n${smuggled}`)).toEqual([400]);
    await expectNothingStored();
  });

  test('a megabyte of chunk extensions', async () => {
    const rest = `Transfer-Encoding: chunked\r\n\r\n4;${'a'.repeat(2 ** 20)}\r\nabcd\r\n0\r\n\r\n`;
    expect(await statuses(put + rest)).toEqual([413]);
    await expectNothingStored();
  });
});

describe('a request line or host in doubt', () => {
  test.each([
    ['two hosts', 'GET /-/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['the same host twice', 'GET /-/health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
    ['a list of hosts', 'GET /-/health HTTP/1.1\r\nHost: a, b\r\n\r\n'],
    ['no host', 'GET /-/health HTTP/1.1\r\n\r\n'],
    ['a line feed alone', 'GET /-/health HTTP/1.1\nHost: a\n\n'],
    ['a space in the target', 'GET /-/hea lth HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a byte that is no ASCII', 'GET /-/h\xe9alth HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an unknown method', 'FETCH /-/health HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a version to come', 'GET /-/health HTTP/9.9\r\nHost: a\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    expect(await statuses(bytes + smuggled)).toEqual([400]);
  });

  test('CONNECT is none of our business', async () => {
    expect(await statuses(`CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}`)).toEqual([]);
  });

  test.each([
    ['another host in the target', 'GET http://evil.example/-/health HTTP/1.1\r\nHost: a\r\n\r\n', 404],
    ['a star', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 404],
    ['a file on its own', 'GET health HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an upgrade', 'GET /-/health HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n', 200],
  ])('%s gets an answer of ours', async (_what, bytes, status) => {
    const connection = await RawConnection.open(server.url);
    await connection.send(bytes);
    expect((await connection.answer()).status).toBe(status);
    connection.abort();
  });

  test('what is sent ahead is answered in order', async () => {
    const connection = await RawConnection.open(server.url);
    const asked = ['/-/health', '/api/v4/nothing', '/-/liveness', '/api/v4/projects/1/packages/npm/-/ping'];
    await connection.send(Buffer.concat(asked.map((target) => requestBytes({ target }))));
    const told: number[] = [];
    for (let n = 0; n < asked.length; n++) told.push((await connection.answer()).status);
    expect(told).toEqual([200, 404, 200, 200]);
    connection.abort();
  });
});

describe('too much of a head', () => {
  test.each([
    ...['Accept', 'Accept-Encoding', 'If-None-Match', 'Cookie', 'Authorization', 'X-Forwarded-For'].map((name) => [
      `64 KiB of ${name}`,
      `GET /-/health HTTP/1.1\r\nHost: a\r\n${name}: ${'a'.repeat(65_536)}\r\n\r\n`,
    ]),
    ['10,000 headers', `GET /-/health HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
    ['a target of 70,000 bytes', `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a head without end', `GET /-/health HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(20_000)}`],
  ])('%s', async (_what, bytes) => {
    expect(await statuses(bytes ?? '')).toEqual([431]);
  });

  test('3,000 headers that fit: none of them is lost in silence', async () => {
    const connection = await RawConnection.open(server.url);
    await connection.send(
      `GET /api/v4/projects HTTP/1.1\r\nHost: a\r\n${'a:\r\n'.repeat(3_000)}Private-Token: wrong\r\n\r\n`,
    );
    expect((await connection.answer()).status).toBe(401);
    connection.abort();
  });
});

describe('targets that nobody can decode', () => {
  test.each([
    '/%ff%fe',
    '/%',
    '/api/v4/projects/%ff/packages',
    '/api/v4/projects/%zz',
    `/api/v4/projects/${'a'.repeat(5_000)}`,
  ])('%.40s', async (target) => {
    const connection = await RawConnection.open(server.url);
    await connection.send(requestBytes({ target }));
    const { status, headers, body } = await connection.answer();
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.parse(body.toString())).toEqual({ message: expect.stringMatching(/^400 Bad request/) });
    expect(body.toString()).not.toContain(target.slice(-10));
    connection.abort();
  });
});
