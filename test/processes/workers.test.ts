import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, connectTo } from './connection.ts';
import { type Program, rootToken, startProgram } from './program.ts';
import { sharedStorage, type SharedStorage } from './storage.ts';

const storages: SharedStorage[] = [];
const programs: Program[] = [];

afterAll(async () => {
  for (const program of programs) await program.kill();
  for (const storage of storages) await storage.remove();
});

async function start(env: Readonly<Record<string, string>>): Promise<Program> {
  const storage = await sharedStorage();
  storages.push(storage);
  const program = startProgram(await storage.dataOf(0), { ...storage.env, ...env });
  programs.push(program);
  return program;
}

/** Process ids of the workers, by the system's own account. */
async function workersOf({ child }: Program): Promise<number[]> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return children.trim().split(' ').map(Number).filter(Boolean);
}

/** Enough connections that every worker has one: they are handed out in turn. */
async function oneEach(url: string): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let count = 0; count < 3; count++) connections.push(await connectTo(url));
  return connections;
}

const whole = (text: string, name: string): number => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);

describe.skipIf(process.platform !== 'linux')('three workers', () => {
  let server: Program;
  let url: string;

  beforeAll(async () => {
    server = await start({ PACKYARD_WORKERS: '3', PACKYARD_DRAIN_SECONDS: '60' });
    url = await server.ready();
  });

  test('one first start, one port, one welcome; every worker answers', async () => {
    for (const connection of await oneEach(url)) {
      expect((await connection.get('/-/readiness')).status).toBe(200);
      expect((await connection.get('/api/v4/user', { 'private-token': rootToken })).body).toContain('"root"');
      connection.close();
    }
    await server.until(() => [1, 2, 3].every((worker) => server.log().some((line) => line['worker'] === worker)));
    expect(server.out().match(/is ready at/g)).toHaveLength(1);
    expect(server.out().match(/password {2}\S/g)).toHaveLength(1);
    expect(await workersOf(server)).toHaveLength(3);
  });

  test('metrics add up over the workers, whichever is asked, and survive a death', async () => {
    const connections = await oneEach(url);
    for (const connection of connections) await connection.get('/-/health');
    const healths = 'packyard_http_requests_total{route="GET /-/health",method="GET",status_class="2xx"}';
    for (const connection of connections) {
      const { body, headers } = await connection.get('/-/metrics');
      expect(headers['content-type']).toContain('text/plain; version=0.0.4');
      expect(whole(body, healths)).toBe(3);
      expect(body.match(/^process_resident_memory_bytes\{worker="[123]"\} \d+$/gm)).toHaveLength(3);
      expect(body.match(/^packyard_jobs_parked 0$/gm)).toHaveLength(1);
      expect(whole(body, 'packyard_workers')).toBe(3);
      connection.close();
    }
    const [victim = 0] = await workersOf(server);
    process.kill(victim, 'SIGKILL');
    await replaced(server, 1);
    const [asker] = await oneEach(url);
    const { body } = (await asker?.get('/-/metrics')) ?? expect.fail('nobody answers');
    expect(whole(body, healths)).toBe(3);
    expect(whole(body, 'packyard_workers')).toBe(3);
    expect(whole(body, 'packyard_worker_replacements_total')).toBe(1);
  });

  test('a worker that is told to end finishes, and another takes its place', async () => {
    const [victim = 0, ...others] = await workersOf(server);
    process.kill(victim, 'SIGTERM');
    const newcomer = await replaced(server, 2);
    expect(server.log()).toContainEqual(expect.objectContaining({ msg: 'stopping', signal: 'SIGTERM' }));
    expect(new Set(await workersOf(server))).toEqual(new Set([...others, newcomer]));
  });
});

describe.skipIf(process.platform !== 'linux')('a set of workers', () => {
  const two = { PACKYARD_WORKERS: '2', PACKYARD_DRAIN_SECONDS: '60' };

  test('SIGTERM: uploads under way on every worker are finished, then it ends with 0', async () => {
    // Workers of its own: a second try begins anew.
    const server = await start({ PACKYARD_WORKERS: '3', PACKYARD_DRAIN_SECONDS: '60' });
    const url = await server.ready();
    const uploads = [];
    for (const [index, connection] of (await oneEach(url)).entries()) {
      const path = `/api/v4/projects/1/packages/generic/slow/1.0.0/file-${index}`;
      uploads.push(await connection.begin('PUT', path, { 'private-token': rootToken, 'content-length': '8' }));
    }
    server.child.kill('SIGTERM');
    await unreachable(url);
    expect(server.child.exitCode).toBe(null);
    for (const upload of uploads) {
      upload.write('12345678');
      expect((await upload.answer()).status).toBe(201);
    }
    expect(await server.ended).toBe(0);
  });

  test('a second signal ends all at once', async () => {
    const server = await start(two);
    const connection = await connectTo(await server.ready());
    const path = '/api/v4/projects/1/packages/generic/slow/1.0.0/file';
    await connection.begin('PUT', path, { 'private-token': rootToken, 'content-length': '8' });
    const workers = await workersOf(server);
    // As a terminal does it: to every process of the group.
    for (const pid of [...workers, server.child.pid ?? 0]) process.kill(pid, 'SIGINT');
    await server.until(() => server.log().some((line) => line['msg'] === 'stopping' && line['worker'] === undefined));
    expect(server.child.exitCode).toBe(null);
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(1);
    for (const pid of workers) await gone(pid);
  });

  test('when the primary is killed, no worker is left behind', async () => {
    const server = await start(two);
    await server.ready();
    const workers = await workersOf(server);
    expect(workers).toHaveLength(2);
    await server.kill();
    for (const pid of workers) await gone(pid);
  });

  test('a port that is taken: one sentence, exit code 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = await start({ ...two, PACKYARD_PORT: String(port) });
    expect(await server.ended).toBe(1);
    expect(server.err().match(/Port \d+ of 127\.0\.0\.1 is taken/g)).toHaveLength(1);
    expect(server.out()).not.toContain('is ready');
    other.close();
  });
});

/** Process id of the worker that took the place of the `nth` that ended. */
function replaced(server: Program, nth: number): Promise<unknown> {
  const newcomers = (): Record<string, unknown>[] =>
    server.log().filter((line) => line['msg'] === 'a worker was replaced');
  return server.until(() => newcomers()[nth - 1]?.['pid']);
}

/** Nobody serves new connections at the URL any more, and none is kept waiting. */
async function unreachable(url: string): Promise<void> {
  for (;;) {
    const connection = await connectTo(url).catch(() => null);
    if (connection === null) return;
    connection.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
