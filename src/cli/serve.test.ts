import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtProgram } from '../../test/harness/built-program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
let running: ChildProcess | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packyard-serve-'));
  running = null;
});

afterEach(async () => {
  if (running !== null && running.exitCode === null && running.signalCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  await rm(folder, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  out(): string;
  err(): string;
}

/** The program as a process of its own. */
function start(args: readonly string[] = [], env: Record<string, string> = {}): Started {
  const command = [builtProgram(), ...args];
  const own = { PATH: process.env['PATH'] ?? '', PACKYARD_PORT: '0', PACKYARD_DRAIN_SECONDS: '5', ...env };
  const child = spawn(process.execPath, command, { cwd: folder, env: own });
  running = child;
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, exited, out: () => text.out, err: () => text.err };
}

async function ready(started: Started): Promise<string> {
  for (;;) {
    const url = /is ready at (\S+)\n/.exec(started.out())?.[1];
    if (url !== undefined) return url;
    if (started.child.exitCode !== null) throw new Error(`it ended: ${started.err()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('serve', () => {
  test('first start, stop, second start', async () => {
    const first = start();
    const url = await ready(first);
    const [, password = ''] = /password {2}(\S+)/.exec(first.out()) ?? [];
    const [, token = ''] = /token {5}(\S+)/.exec(first.out()) ?? [];
    const answer = await fetch(`${url}/api/v4/user?private_token=secret-in-a-url`, {
      headers: { 'private-token': token },
    });
    expect(await answer.json()).toMatchObject({ username: 'root' });
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(first.out().split(token), 'shown as such and in the line to paste').toHaveLength(3);
    expect(first.out()).toContain('"url":"/api/v4/user?private_token=[redacted]"');
    expect(first.out()).toContain('"msg":"stopping"');
    expect(first.out().split(password)).toHaveLength(2);

    const second = start(['serve']);
    await ready(second);
    second.child.kill('SIGINT');
    expect(await second.exited).toBe(0);
    expect(second.out()).not.toMatch(/password|pkyp_/);
  });

  test('an upload under way is waited for, until a second signal', async () => {
    const server = start([], { PACKYARD_ROOT_TOKEN: 'a-token-of-twenty-characters', PACKYARD_DRAIN_SECONDS: '60' });
    const url = await ready(server);
    expect(server.out()).not.toContain('a-token-of-twenty-characters');
    const { port } = new URL(url);
    const upload = await openUpload(Number(port), 'a-token-of-twenty-characters');
    server.child.kill('SIGTERM');
    while (!server.out().includes('stopping')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.child.exitCode).toBe(null);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(1);
    upload.destroy();
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = start([], { PACKYARD_PORT: String(port) });
    expect(await server.exited).toBe(1);
    expect(server.err()).toContain(`Port ${port} of 127.0.0.1 is taken`);
    expect(server.out(), 'nobody could ask for them later').toMatch(
      /user {6}root\n {2}password {2}\S+\n {2}token {5}pkyp_/,
    );
    const again = start([], { PACKYARD_PORT: String(port) });
    expect(await again.exited).toBe(1);
    expect(again.out()).toBe('');
    other.close();
  });

  test('a port that is taken, with workers', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const settings = { PACKYARD_PORT: String(port), PACKYARD_WORKERS: '2', PACKYARD_LOG_LEVEL: 'fatal' };
    const server = start([], settings);
    expect(await server.exited).toBe(1);
    expect(server.err()).toContain(`Port ${port} of 127.0.0.1 is taken`);
    expect(server.out()).toMatch(/password {2}\S+\n {2}token {5}pkyp_/);
    other.close();
  });

  test('a store that can not be opened, after the administrator was made', async () => {
    const server = start([], { PACKYARD_BLOBS_URL: 'file:/dev/null/blobs', PACKYARD_LOG_LEVEL: 'fatal' });
    expect(await server.exited).toBe(1);
    expect(server.out()).toMatch(/did not start[\s\S]*password {2}\S+\n {2}token {5}pkyp_/);
    expect(server.err()).toMatch(/\/dev\/null\/blobs.* is no folder, .*PACKYARD_DATA/);
  });

  test('wrong settings: all of them, exit code 2, and nothing is made', async () => {
    const server = start([], { PACKYARD_LOG_LEVEL: 'loud', PACKYARD_WROKERS: '1' });
    expect(await server.exited).toBe(2);
    expect(server.err()).toMatch(/PACKYARD_LOG_LEVEL[\s\S]*did you mean PACKYARD_WORKERS/);
    expect(server.out()).toBe('');
  });
});

test('bin/packyard.cjs says how to build it', async () => {
  await mkdir(join(folder, 'bin'));
  await cp(join(root, 'bin/packyard.cjs'), join(folder, 'bin/packyard.cjs'));
  const child = spawn(process.execPath, [join(folder, 'bin/packyard.cjs')]);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(err).toContain('has not been built yet. Run "npm run build"');
});

/** A Generic upload whose body never ends. */
async function openUpload(port: number, token: string) {
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(
    `PUT /api/v4/projects/1/packages/generic/a/1/f HTTP/1.1\r\nhost: x\r\nprivate-token: ${token}\r\ncontent-length: 100\r\n` +
      'expect: 100-continue\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write('some');
  return socket;
}
