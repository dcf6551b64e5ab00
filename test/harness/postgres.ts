/**
 * A PostgreSQL cluster of the tests' own, in a temporary folder: Debian's server programs, a socket in that folder and a
 * port on 127.0.0.1. fsync stays on, as in production. Nothing of it is left behind.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const debianFolder = '/usr/lib/postgresql';

export interface Cluster {
  /** `postgres://postgres@127.0.0.1:port/postgres`; give `urlOf` another name for another database. */
  readonly url: string;
  urlOf(database: string): string;
  /** A new, empty database, or a copy of `template`; returns its URL. */
  createDatabase(template?: string): Promise<string>;
  /** Runs one statement as the administrator. */
  execute(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Process id of the server while it runs. */
  readonly pid: number;
  /** Sends a signal to the server and all its processes: `SIGSTOP` makes a server that hangs, `SIGCONT` ends that. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** The server's data folder. */
  readonly data: string;
  /** `immediate` = as if it had crashed. Resolves when it takes connections again. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  stopServer(mode: 'fast' | 'immediate'): Promise<void>;
  startServer(): Promise<void>;
  /** Stops it and removes the folder. */
  close(): Promise<void>;
}

/** Rejects with a sentence when the server programs are not installed. `settings` as in postgresql.conf. */
export async function startCluster(settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const programs = await programsFolder();
  const owner = await ownerOfServer();
  const folder = await mkdtemp(join(tmpdir(), 'packyard-postgres-'));
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const options = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' }, ...owner };
  await run(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    options,
  );
  return new PrivateCluster({ programs, folder, data, port: await freePort(), settings, options });
}

async function programsFolder(): Promise<string> {
  const versions = await readdir(debianFolder).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest === undefined) {
    throw new Error('The tests need a PostgreSQL server: apt-get install -y --no-install-recommends postgresql');
  }
  return join(debianFolder, String(newest), 'bin');
}

/** The server refuses to run as root: Debian's package makes a user for it. */
async function ownerOfServer(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => (await run('id', [flag, 'postgres'])).stdout));
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Place {
  readonly programs: string;
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly options: object;
}

/** Ends the server when its own input ends: also when the test process is killed. */
const guarded = '"$@" </dev/null & echo $!; read -r _; kill -INT $!; wait $!';

class PrivateCluster implements Cluster {
  readonly #place: Place;
  #guard: ChildProcess | null = null;
  #pid = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  get url(): string {
    return this.urlOf('postgres');
  }

  get pid(): number {
    return this.#pid;
  }

  get data(): string {
    return this.#place.data;
  }

  async signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    // The parent first, so that it starts no others.
    process.kill(this.#pid, signal);
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(this.#pid)]);
    for (const child of stdout.split('\n').filter((line) => line.trim() !== '')) {
      try {
        process.kill(Number(child), signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  urlOf(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#place.port}/${database}`;
  }

  async createDatabase(template = 'template1'): Promise<string> {
    const name = `test_${randomBytes(8).toString('hex')}`;
    await this.execute(`create database ${name} template ${template}`);
    return this.urlOf(name);
  }

  async execute(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    return executeAt(this.urlOf(database), sql);
  }

  async startServer(): Promise<void> {
    const { programs, folder, data, port, settings, options } = this.#place;
    const given = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: folder,
      max_connections: 300,
      ...settings,
    };
    const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const command = ['-c', guarded, 'sh', join(programs, 'postgres'), '-D', data, ...flags];
    const guard = spawn('sh', command, { ...options, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#guard = guard;
    this.#pid = Number(String((await once(guard.stdout, 'data'))[0]));
    await untilItAnswers(this.url);
  }

  async stopServer(mode: 'fast' | 'immediate'): Promise<void> {
    const guard = this.#guard;
    if (guard === null) return;
    this.#guard = null;
    process.kill(this.#pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    guard.stdin?.end();
    if (guard.exitCode === null) await once(guard, 'exit');
  }

  async restart(mode: 'fast' | 'immediate'): Promise<void> {
    await this.stopServer(mode);
    await this.startServer();
  }

  async close(): Promise<void> {
    await this.stopServer('fast');
    await rm(this.#place.folder, { recursive: true, force: true });
  }
}

export async function executeAt(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await executeAt(url, 'select 1');
      return;
    } catch (error) {
      if (attempt > 600) throw error;
    }
    await delay(50);
  }
}
