import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram } from '../harness/built-program.ts';
import { blobsOfProcess } from '../harness/stored-blobs.ts';
import { blobSettings } from '../harness/test-bucket.ts';

/** What the kernel tells of a process, as only Linux does in files. */
export const hasProcFiles = process.platform === 'linux';

/** A server as operators run it: `packyard serve` in a process of its own, with a fresh data folder. */
export class ServerProcess {
  readonly token = 'root-token-of-a-process';
  readonly data: string;
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #output: { text: string };
  readonly #env: Readonly<Record<string, string>>;

  private constructor(
    child: ChildProcess,
    data: string,
    url: string,
    output: { text: string },
    env: Readonly<Record<string, string>>,
  ) {
    this.#child = child;
    this.data = data;
    this.url = url;
    this.#output = output;
    this.#env = env;
    this.#exited = exitOf(child);
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const data = await mkdtemp(join(tmpdir(), 'packyard-process-'));
    const env = {
      PATH: process.env['PATH'] ?? '',
      PACKYARD_DATA: data,
      PACKYARD_PORT: '0',
      PACKYARD_ROOT_TOKEN: 'root-token-of-a-process',
      PACKYARD_DRAIN_SECONDS: '20',
      ...(await blobSettings(settings['PACKYARD_DATA'] ?? data)),
      ...settings,
    };
    const child = spawn(process.execPath, [builtProgram(), 'serve'], {
      cwd: data,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output.text += chunk));
    }
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const told = /is ready at (\S+)/.exec(output.text)?.[1];
        if (told !== undefined) resolve(told);
      });
      child.once('exit', () => reject(new Error(`the server did not start: ${output.text}`)));
    });
    return new ServerProcess(child, data, url, output, env);
  }

  /** SHA-256 of every blob it has stored, in order. */
  storedBlobs(): Promise<string[]> {
    return blobsOfProcess(this.#env);
  }

  /** Where Generic files of the first project lie. */
  get generic(): string {
    return `${this.url}/api/v4/projects/1/packages/generic`;
  }

  /** All that it wrote to both streams. */
  get output(): string {
    return this.#output.text;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code; `null` when a signal ended it. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Stops it as an operator does; its exit code. */
  stopped(): Promise<number | null> {
    this.kill('SIGTERM');
    return this.#exited;
  }

  async end(): Promise<void> {
    if (this.isRunning) this.kill('SIGKILL');
    await this.#exited;
    await rm(this.data, { recursive: true, force: true });
  }

  /** Memory now, in bytes, and at most since `forgetPeak`. */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  /** How many files, sockets and the like it has open. */
  get openFiles(): number {
    return readdirSync(`/proc/${this.#child.pid}/fd`).length;
  }

  /** Lets it open no more than so many. */
  limitOpenFiles(most: number): void {
    execFileSync('prlimit', [`--pid=${this.#child.pid}`, `--nofile=${most}:${most}`]);
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#child.pid}/clear_refs`, '5');
  }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
