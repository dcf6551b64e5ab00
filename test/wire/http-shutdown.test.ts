import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { RawConnection, requestBytes } from './raw-http.ts';
import { ServerProcess } from './server-process.ts';

/** SIGTERM while clients are busy: what was begun ends well, what is new is refused, and nothing half done is left. */

const size = 10 * 2 ** 20;
const bytes = Buffer.alloc(size, 'shutdown');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let server: ServerProcess;

afterEach(() => server.end());

async function start(settings: Record<string, string> = {}): Promise<ServerProcess> {
  return ServerProcess.start({ PACKYARD_LOG_LEVEL: 'warn', ...settings });
}

const target = (path: string): string => `/api/v4/projects/1/packages/generic${path}`;

async function beginUpload(path: string): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url);
  const headers = { 'private-token': server.token, 'content-length': String(size) };
  await connection.send(requestBytes({ method: 'PUT', target: target(path), headers }));
  await connection.send(bytes.subarray(0, size / 2));
  return connection;
}

const staging = (): Promise<string[]> => readdir(join(server.data, 'staging'));

test('an upload, a download and a probe under way; the next start has what was acknowledged', async () => {
  server = await start();
  const put = await fetch(`${server.generic}/p/1.0/first`, {
    method: 'PUT',
    headers: { 'private-token': server.token },
    body: bytes,
  });
  expect(put.status).toBe(201);
  const upload = await beginUpload('/p/1.0/second');
  const download = await RawConnection.open(server.url);
  download.pause();
  await download.send(requestBytes({ target: target('/p/1.0/first'), headers: { 'private-token': server.token } }));
  const probe = await RawConnection.open(server.url);
  await probe.send('GET /-/readiness HTTP/1.1\r\nHost: a\r\n');
  await pause(100);
  server.kill('SIGTERM');
  await pause(200);
  await expect(RawConnection.open(server.url)).rejects.toThrow(/ECONNREFUSED/);
  await probe.send('\r\n');
  const told = await probe.answer();
  expect([told.status, JSON.parse(told.body.toString())]).toEqual([
    503,
    { status: 'failed', failing: ['shutting down'] },
  ]);
  expect(told.headers.get('connection')).toBe('close');
  await upload.send(bytes.subarray(size / 2));
  expect((await upload.answer()).status).toBe(201);
  download.resume();
  const { body } = await download.answer();
  expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
  expect(await server.exited).toBe(0);
  expect(await staging()).toEqual([]);
  const again = await start({ PACKYARD_DATA: server.data });
  try {
    for (const file of ['first', 'second']) {
      const headers = { 'private-token': server.token };
      const answer = await fetch(`${again.generic}/p/1.0/${file}`, { method: 'HEAD', headers });
      expect([answer.status, answer.headers.get('x-checksum-sha256')], file).toEqual([200, sha256]);
    }
  } finally {
    await again.end();
  }
}, 120_000);

test('an upload that is not finished in time is cut off and leaves nothing', async () => {
  server = await start({ PACKYARD_DRAIN_SECONDS: '1' });
  const upload = await beginUpload('/p/1.0/late');
  await pause(100);
  expect(await staging()).toHaveLength(1);
  server.kill('SIGTERM');
  expect(await upload.closed(10_000)).toBe('');
  expect(await server.exited).toBe(0);
  expect(await staging()).toEqual([]);
  expect(await server.storedBlobs()).toEqual([]);
}, 120_000);

test('a second SIGTERM ends it at once', async () => {
  server = await start();
  await beginUpload('/p/1.0/ignored');
  await pause(100);
  server.kill('SIGTERM');
  await pause(200);
  expect(server.isRunning).toBe(true);
  server.kill('SIGTERM');
  expect(await server.exited).not.toBe(0);
}, 120_000);

test('with idle connections only it stops without a wait', async () => {
  server = await start();
  const idle = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(server.url)));
  for (const connection of idle) {
    await connection.send(requestBytes({ target: '/-/health' }));
    expect((await connection.answer()).status).toBe(200);
  }
  const started = performance.now();
  expect(await server.stopped()).toBe(0);
  // The drain takes up to 20 seconds.
  expect(performance.now() - started).toBeLessThan(15_000);
}, 120_000);
