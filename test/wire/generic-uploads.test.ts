import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { payload, payloadSha256 } from '../harness/payload.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { type GenericWire, genericWire } from './generic-wire.ts';
import { RawConnection, type RawRequest, requestBytes } from './raw-http.ts';

/** Uploads as clients send them, and as they should not. The largest file of this server has 1 MiB. */

let server: TestServer;
let project: TestProject;
let guest: TestUser;
let generic: GenericWire;
let mount: string;

beforeAll(async () => {
  server = await startServer({ settings: { PACKYARD_GENERIC_MAX_FILE_SIZE: '1MiB' } });
  await server.createGroup('acme');
  project = await server.createProject('acme/uploads');
  guest = await server.createUser('guest');
  await server.addMember(project, guest, 'guest');
  generic = genericWire(server, project);
  mount = `/api/v4/projects/${project.id}/packages/generic`;
});

afterAll(() => server.stop());

let blobs: readonly string[];

beforeEach(async () => {
  blobs = await server.storedBlobs();
});

/** Nothing new in the store, and nothing left in staging: once the server has heard of what the client did. */
async function expectNothingStored(): Promise<void> {
  for (let n = 0; n < 100 && (await staging()).length > 0; n++) await pause(20);
  expect(await staging()).toEqual([]);
  expect(await server.storedBlobs()).toEqual(blobs);
}

const staging = (): Promise<string[]> => readdir(join(server.data, 'staging'));
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const kibibyte = 'k'.repeat(1_024);

async function open(request: Omit<RawRequest, 'method'>): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url);
  const headers = { 'private-token': server.rootToken, ...request.headers };
  await connection.send(requestBytes({ ...request, target: `${mount}${request.target}`, method: 'PUT', headers }));
  return connection;
}

describe('ways to send a file', () => {
  test('an empty one', async () => {
    expect((await generic.put('/ways/1.0/empty', '')).status).toBe(201);
    const { headers, body, status } = await generic.send('GET', '/ways/1.0/empty', { range: 'bytes=0-' });
    expect([status, headers.get('content-length'), body]).toEqual([200, '0', '']);
    expect(headers.get('x-checksum-sha256')).toBe(sha256(''));
  });

  test('in chunks of any size, with extensions and trailers', async () => {
    const connection = await open({ target: '/ways/1.0/chunks', headers: { 'transfer-encoding': 'chunked' } });
    for (const chunk of ['1;a=b\r\no\r\n', '0002\r\nne\r\n', '4\r\n two\r\n', '0\r\nX-Checksum-Sha256: x\r\n\r\n']) {
      await connection.send(chunk);
    }
    expect((await connection.answer()).status).toBe(201);
    expect(await generic.text('/ways/1.0/chunks')).toBe('one two');
    connection.abort();
  });

  test.each(['application/x-www-form-urlencoded', 'application/json', 'text/html', 'nonsense', ''])(
    'marked as %j: the bytes as they are',
    async (type) => {
      expect((await generic.put('/ways/1.0/marked', 'a=b&c', { 'content-type': type })).status).toBe(201);
      expect(await generic.text('/ways/1.0/marked')).toBe('a=b&c');
    },
  );

  test('compressed: the bytes as they are', async () => {
    await generic.put('/ways/1.0/packed.gz', 'no gzip at all', { 'content-encoding': 'gzip' });
    expect(await generic.text('/ways/1.0/packed.gz')).toBe('no gzip at all');
  });

  test('as a form, with status and select in its fields', async () => {
    const form = new FormData();
    form.set('status', 'hidden');
    form.set('file', new Blob(['form']), '../../../etc/passwd');
    form.set('select', 'package_file');
    const { status, body } = await generic.put('/ways/2.0/form', form);
    expect([status, JSON.parse(body)]).toMatchObject([200, { file_name: 'form', size: 4 }]);
    expect(await generic.text('/ways/2.0/form')).toBe('form');
    const query = `/projects/${project.id}/packages?package_version=2.0&status=hidden`;
    expect(await server.api('GET', query)).toMatchObject([{ name: 'ways' }]);
  });
});

describe('promised digests', () => {
  const content = 'as promised';
  const right = sha256(content);
  const wrong = sha256('otherwise');
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

  test.each<[string, Record<string, string>]>([
    ['X-Checksum-Sha256', { 'x-checksum-sha256': right }],
    ['Content-Digest', { 'content-digest': `sha-256=:${base64(right)}:` }],
    ['all of one mind', { 'x-checksum-sha256': right, 'repr-digest': `sha-256=:${base64(right)}:` }],
  ])('%s is kept', async (_what, headers) => {
    expect((await generic.put('/promised/1.0/f', content, headers)).status).toBe(201);
  });

  test.each<[string, Record<string, string>]>([
    ['another file', { 'x-checksum-sha256': wrong }],
    ['another file by its SHA-1', { 'x-checksum-sha1': '0'.repeat(40) }],
    ['another file by Content-Digest', { 'content-digest': `sha-256=:${base64(wrong)}:` }],
    ['another file by Content-MD5', { 'content-md5': Buffer.alloc(16).toString('base64') }],
    ['two files', { 'x-checksum-sha256': right, 'content-digest': `sha-256=:${base64(wrong)}:` }],
    ['no digest', { 'x-checksum-sha256': 'nonsense' }],
  ])('of %s: refused', async (_what, headers) => {
    const unknown = `${content} never stored`;
    const { status, body } = await generic.put('/promised/1.0/g', unknown, headers);
    expect([status, JSON.parse(body)]).toEqual([400, { message: expect.stringMatching(/^400 Bad request - /) }]);
    await expectNothingStored();
    expect((await generic.send('HEAD', '/promised/1.0/g')).status).toBe(404);
  });

  test('of a large file: refused too', async () => {
    const headers = { 'x-checksum-sha256': wrong };
    const body = ReadableStream.from(payload(700_000)) as ReadableStream<Uint8Array>;
    expect((await generic.put('/promised/1.0/large', body, headers)).status).toBe(400);
    await expectNothingStored();
    const again = ReadableStream.from(payload(700_000)) as ReadableStream<Uint8Array>;
    const kept = { 'x-checksum-sha256': payloadSha256(700_000) };
    expect((await generic.put('/promised/1.0/large', again, kept)).status).toBe(201);
  });
});

describe('what is no upload', () => {
  test('no body at all', async () => {
    const connection = await open({ target: '/none/1.0/f' });
    const { status, body } = await connection.answer();
    expect([status, JSON.parse(body.toString())]).toEqual([400, { message: '400 Bad request - file is missing' }]);
    connection.abort();
    await expectNothingStored();
  });

  test.each(['bytes 0-3/4', 'bytes 1000-1999999/2000000', 'bytes */4', 'nonsense'])(
    'a part of a file, %s',
    async (range) => {
      const { status, body } = await generic.put('/none/1.0/f', 'part', { 'content-range': range });
      expect([status, body]).toEqual([400, expect.stringContaining('send the whole file')]);
      await expectNothingStored();
    },
  );

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['nothing in it', 'multipart/form-data; boundary=b', ''],
    [
      'no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx',
    ],
    [
      'another field',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n',
    ],
    [
      'a wrong status',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="status"\r\n\r\nevil\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n',
    ],
  ])('a form with %s', async (_what, type, body) => {
    const answer = await generic.put('/none/1.0/form', body, { 'content-type': type });
    expect(answer.status).toBe(400);
    await expectNothingStored();
    expect((await generic.send('HEAD', '/none/1.0/form')).status).toBe(404);
  });

  test('a form that breaks off in a large file', async () => {
    const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n';
    const headers = { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '5000000' };
    const connection = await open({ target: '/none/1.0/form', headers });
    await connection.send(start + kibibyte.repeat(600));
    connection.abort();
    await expectNothingStored();
  });
});

describe('too large', () => {
  const limit = 2 ** 20;
  const tooLarge = { message: '400 Bad request - File is too large' };

  test('the limit itself is not', async () => {
    expect((await generic.put('/size/1.0/f', 'x'.repeat(limit))).status).toBe(201);
  });

  test('told by Content-Length: refused before a byte of it was read', async () => {
    for (const length of [limit + 1, 2 ** 40, '9223372036854775807']) {
      const connection = await open({ target: '/size/1.0/g', headers: { 'content-length': String(length) } });
      const { status, headers, body } = await connection.answer();
      expect([status, JSON.parse(body.toString())]).toEqual([400, tooLarge]);
      expect(headers.get('connection')).toBe('close');
      connection.abort();
    }
    await expectNothingStored();
  });

  test('found out on the way: refused as soon as it is', async () => {
    const connection = await open({ target: '/size/1.0/g', headers: { 'transfer-encoding': 'chunked' } });
    for (let n = 0; n < 1_025; n++) await connection.send(`400\r\n${kibibyte}\r\n`);
    const { status, body } = await connection.answer();
    expect([status, JSON.parse(body.toString())]).toEqual([400, tooLarge]);
    connection.abort();
    await expectNothingStored();
  });

  test('in a form', async () => {
    const form = new FormData();
    form.set('file', new Blob(['x'.repeat(limit + 1)]), 'f');
    const { status, body } = await generic.put('/size/1.0/g', form);
    expect([status, JSON.parse(body)]).toEqual([400, tooLarge]);
    await expectNothingStored();
    expect((await fetch(`${server.url}/-/health`)).status).toBe(200);
  });
});

describe('lengths that lie', () => {
  test('fewer bytes than said, then the end', async () => {
    const connection = await open({ target: '/lies/1.0/f', headers: { 'content-length': '1000' }, body: 'only this' });
    connection.end();
    await connection.closed();
    await expectNothingStored();
  });

  test('a cut in the middle of a large file', async () => {
    const headers = { 'content-length': String(900 * 1_024) };
    const connection = await open({ target: '/lies/1.0/f', headers });
    await connection.send(kibibyte.repeat(600));
    for (let n = 0; n < 100 && (await staging()).length === 0; n++) await pause(10);
    expect(await staging()).toHaveLength(1);
    connection.abort();
    await expectNothingStored();
    expect((await generic.send('HEAD', '/lies/1.0/f')).status).toBe(404);
  });

  test('a cut before the last chunk', async () => {
    const connection = await open({ target: '/lies/1.0/f', headers: { 'transfer-encoding': 'chunked' } });
    await connection.send(`400\r\n${kibibyte}\r\n`);
    connection.end();
    await connection.closed();
    await expectNothingStored();
  });

  test('more bytes than said: what follows is no request, and ends the connection', async () => {
    const headers = { 'content-length': '4', 'x-checksum-sha256': sha256('the whole file') };
    const connection = await open({ target: '/lies/1.0/f', headers, body: 'the whole file' });
    expect((await connection.answer()).status).toBe(400);
    expect(await connection.closed()).toBe('');
    await expectNothingStored();
  });
});

describe('Expect: 100-continue', () => {
  const expecting = { expect: '100-continue', 'content-length': '5' };

  test('the body is asked for when it is wanted', async () => {
    const connection = await open({ target: '/expect/1.0/f', headers: expecting });
    expect((await connection.answer()).status).toBe(100);
    await connection.send('bytes');
    expect((await connection.answer()).status).toBe(201);
    expect(await generic.text('/expect/1.0/f')).toBe('bytes');
    connection.abort();
  });

  test('a client that does not wait', async () => {
    const connection = await open({ target: '/expect/1.0/eager', headers: expecting, body: 'bytes' });
    // Who has the body already need not ask for it (RFC 9110, 10.1.1): that depends on how long the look-ups took.
    const first = (await connection.answer()).status;
    expect(first === 100 ? (await connection.answer()).status : first).toBe(201);
    connection.abort();
  });

  test.each<[string, number, string, Record<string, string>]>([
    ['a wrong token', 401, '/expect/1.0/g', { 'private-token': 'wrong' }],
    ['too small a role', 403, '/expect/1.0/g', { 'private-token': 'guest' }],
    ['a wrong name', 400, '/expect/1.0/~g', {}],
    ['a file too large', 400, '/expect/1.0/g', { 'content-length': '2000000' }],
    ['a condition', 412, '/expect/1.0/f', { 'if-none-match': '*' }],
    ['half a file', 400, '/expect/1.0/g', { 'content-range': 'bytes 0-4/9' }],
    ['digests that are none', 400, '/expect/1.0/g', { 'x-checksum-sha256': 'x' }],
    ['a wrong status', 400, '/expect/1.0/g?status=evil', {}],
  ])('%s: the answer, and no word of sending it', async (_what, status, target, more) => {
    const token = more['private-token'] === 'guest' ? { 'private-token': guest.token } : {};
    const connection = await open({ target, headers: { ...expecting, ...more, ...token } });
    const answer = await connection.answer();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await connection.closed()).toBe('');
    await expectNothingStored();
  });

  test('another expectation', async () => {
    const connection = await open({ target: '/expect/1.0/g', headers: { expect: 'miracles', 'content-length': '0' } });
    expect((await connection.answer()).status).toBe(417);
    connection.abort();
  });
});

describe('a refusal while the body is on its way', () => {
  test('a small one leaves the connection as it was', async () => {
    const headers = { 'private-token': 'wrong' };
    const connection = await open({ target: '/refused/1.0/f', headers, body: 'bytes' });
    const { status, headers: answered } = await connection.answer();
    expect([status, answered.get('connection')]).toEqual([401, 'keep-alive']);
    const health = requestBytes({ target: '/-/health' });
    await connection.send(health);
    expect((await connection.answer()).status).toBe(200);
    connection.abort();
  });

  test('a large one is told to stop, and heard out long enough to hear it', async () => {
    const size = 3 * 2 ** 20;
    const headers = { 'private-token': 'wrong', 'content-length': String(size) };
    const connection = await open({ target: '/refused/1.0/f', headers });
    const { status, headers: answered } = await connection.answer();
    expect([status, answered.get('connection')]).toEqual([401, 'close']);
    for (let sent = 0; sent < size; sent += 2 ** 16) await connection.send(Buffer.alloc(2 ** 16));
    expect(await connection.closed()).toBe('');
    await expectNothingStored();
  });

  test('one that never ends is cut off', async () => {
    const headers = { 'private-token': 'wrong', 'transfer-encoding': 'chunked' };
    const connection = await open({ target: '/refused/1.0/f', headers });
    expect((await connection.answer()).status).toBe(401);
    let sent = 0;
    for (; connection.isOpen && sent < 200; sent++) await connection.send(`100000\r\n${kibibyte.repeat(1_024)}\r\n`);
    expect(sent).toBeGreaterThan(32);
    expect(sent).toBeLessThan(200);
  });
});

test('a project that is deleted, and a token that is revoked, during an upload', async () => {
  const doomed = await server.createProject('acme/doomed');
  const token = await server.createToken({ kind: 'access', of: doomed, level: 'developer', scopes: ['api'] });
  const headers = { 'private-token': token.token, 'content-length': '600000' };
  const target = `/api/v4/projects/${doomed.id}/packages/generic/p/1.0/f`;
  const uploads = await Promise.all(
    ['/a', '/b'].map(async (more) => {
      const connection = await RawConnection.open(server.url);
      await connection.send(requestBytes({ method: 'PUT', target: target + more, headers }));
      await connection.send(kibibyte.repeat(400));
      return connection;
    }),
  );
  await server.api('DELETE', `/projects/${doomed.id}`);
  for (const connection of uploads) {
    await connection.send(Buffer.alloc(600_000 - 400 * 1_024));
    expect([401, 403, 404, 409]).toContain((await connection.answer()).status);
    connection.abort();
  }
  expect(await staging()).toEqual([]);
});
