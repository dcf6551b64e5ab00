import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { management } from '../harness/management.ts';
import { npmPackage, publishDocument } from '../harness/packages.ts';
import { RawConnection, requestBytes } from './raw-http.ts';
import { hasProcFiles, ServerProcess } from './server-process.ts';

/** Clients that go away in the middle, or never finish: nothing of theirs stays open, and others don't notice. */

const size = 4 * 2 ** 20;

let server: ServerProcess;
let auth: Record<string, string>;

beforeAll(async () => {
  server = await ServerProcess.start({ PACKYARD_LOG_LEVEL: 'warn' });
  auth = { 'private-token': server.token };
  expect(await put('large', Buffer.alloc(size, 'large'))).toBe(201);
  expect(await get('large')).toBe(200);
});

afterAll(() => server.end());

async function put(file: string, body: Uint8Array | string, headers = auth): Promise<number> {
  return (await fetch(`${server.generic}/p/1.0/${file}`, { method: 'PUT', headers, body })).status;
}

async function get(file: string, headers = auth): Promise<number> {
  const answer = await fetch(`${server.generic}/p/1.0/${file}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

const staging = (): Promise<string[]> => readdir(join(server.data, 'staging'));
const generic = '/api/v4/projects/1/packages/generic/p/1.0';

/** Starts what `begin` says on a connection of its own and breaks it off, `count` times, some at a time. */
async function breakOff(count: number, begin: (connection: RawConnection) => Promise<void>): Promise<void> {
  const one = async (): Promise<void> => {
    const connection = await RawConnection.open(server.url);
    await begin(connection);
    connection.abort();
  };
  for (let started = 0; started < count; started += 20) await Promise.all(Array.from({ length: 20 }, one));
}

/** The hashing thread (which ends when it has nothing to do) and this test's own connections come and go. */
const slack = 12;

/** About as many open files as before, however many clients went away, and nothing in staging. */
async function expectNothingOpen(before: number): Promise<void> {
  for (let n = 0; n < 100 && (server.openFiles > before + slack || (await staging()).length > 0); n++) await pause(50);
  expect(server.openFiles).toBeLessThanOrEqual(before + slack);
  expect(await staging()).toEqual([]);
}

describe.runIf(hasProcFiles)('200 that go away leave nothing open', () => {
  const half = Buffer.alloc(size / 8, 'half');
  const npmPublish = npmPackage({ name: 'broken', files: { 'big.txt': randomBytes(400_000).toString('hex') } }).then(
    (made) => JSON.stringify(publishDocument(made)),
  );

  test.each<[string, (connection: RawConnection) => Promise<void>]>([
    [
      'in the middle of a download',
      async (connection) => {
        connection.pause();
        await connection.send(requestBytes({ target: `${generic}/large`, headers: auth }));
        await pause(5);
      },
    ],
    [
      'before the answer to a download',
      (connection) => connection.send(requestBytes({ target: `${generic}/large`, headers: auth })),
    ],
    [
      'in the middle of an upload',
      async (connection) => {
        const headers = { ...auth, 'content-length': String(size) };
        await connection.send(requestBytes({ method: 'PUT', target: `${generic}/broken`, headers }));
        await connection.send(half);
      },
    ],
    [
      'in the middle of a form',
      async (connection) => {
        const headers = { ...auth, 'content-type': 'multipart/form-data; boundary=b', 'transfer-encoding': 'chunked' };
        const part = `--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n${half.toString()}`;
        await connection.send(requestBytes({ method: 'PUT', target: `${generic}/broken`, headers }));
        await connection.send(`${part.length.toString(16)}\r\n${part}\r\n`);
      },
    ],
    [
      'in the middle of an npm publish',
      async (connection) => {
        const body = await npmPublish;
        const headers = { ...auth, 'content-type': 'application/json', 'content-length': String(body.length) };
        await connection.send(
          requestBytes({ method: 'PUT', target: '/api/v4/projects/1/packages/npm/broken', headers }),
        );
        await connection.send(body.slice(0, -2_000));
      },
    ],
    [
      'with a refused upload on its way',
      async (connection) => {
        const headers = { 'private-token': 'wrong', 'content-length': String(size) };
        await connection.send(requestBytes({ method: 'PUT', target: `${generic}/broken`, headers }));
        await connection.send(half);
      },
    ],
    [
      'with a call of the management API half sent',
      async (connection) => {
        const headers = { ...auth, 'content-type': 'application/json', 'content-length': '5000' };
        await connection.send(requestBytes({ method: 'POST', target: '/api/v4/groups', headers }));
        await connection.send('{"name":');
      },
    ],
  ])('%s', async (_what, begin) => {
    const before = server.openFiles;
    await breakOff(200, begin);
    await expectNothingOpen(before);
    expect(await get('large')).toBe(200);
  });
});

test.runIf(hasProcFiles)('who holds many uploads open keeps nobody else from publishing', async () => {
  const other = await management(server.url, server.token).createUser('other');
  await management(server.url, server.token).api('POST', '/projects/1/members', {
    user_id: other.id,
    access_level: 30,
  });
  const before = server.openFiles;
  const held = await Promise.all(
    Array.from({ length: 150 }, async () => {
      const connection = await RawConnection.open(server.url);
      const headers = { ...auth, 'transfer-encoding': 'chunked' };
      await connection.send(requestBytes({ method: 'PUT', target: `${generic}/held`, headers }));
      await connection.send(`80000\r\n${'h'.repeat(0x80000)}\r\n`);
      return connection;
    }),
  );
  expect(await put('other', 'x', { 'private-token': other.token })).toBe(201);
  expect(await get('large')).toBe(200);
  expect((await staging()).length).toBeLessThanOrEqual(64);
  for (const connection of held) connection.abort();
  await expectNothingOpen(before);
  expect(await put('after', 'x')).toBe(201);
});

test.runIf(hasProcFiles)('when no more files can be opened, it says so, and goes on when they can', async () => {
  server.limitOpenFiles(server.openFiles + 15);
  const crowd = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const connection = await RawConnection.open(server.url);
      const method = n % 2 === 0 ? 'GET' : 'PUT';
      const headers = { ...auth, ...(method === 'PUT' ? { 'content-length': String(size) } : {}) };
      connection.pause();
      await connection.send(requestBytes({ method, target: `${generic}/large`, headers }));
      if (method === 'PUT') await connection.send(Buffer.alloc(size / 4));
      connection.resume();
      return connection;
    }),
  );
  await pause(300);
  expect(server.isRunning).toBe(true);
  for (const connection of crowd) connection.abort();
  await pause(300);
  for (let n = 0; n < 50; n++) {
    if ((await get('large').catch(() => 0)) === 200) break;
    await pause(50);
  }
  expect(await get('large')).toBe(200);
  expect(await put('recovered', Buffer.alloc(size))).toBe(201);
  expect((await fetch(`${server.url}/-/readiness`)).status).toBe(200);
});
