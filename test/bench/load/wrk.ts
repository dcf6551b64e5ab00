/** wrk, the generator of read load: a closed loop over a fixed number of connections. https://github.com/wg/wrk */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { adopt } from '../machine/processes.ts';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
}

export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  /** Headers and bodies. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

interface Report {
  readonly requests: number;
  readonly bytes: number;
  readonly duration: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly refused: number;
}

const execute = promisify(execFile);
const script = fileURLToPath(new URL('wrk-report.lua', import.meta.url));

export async function isThere(program: string): Promise<boolean> {
  return execute('which', [program]).then(
    () => true,
    () => false,
  );
}

/** Rejects when an answer failed or was refused: a rate of errors is no rate. */
export async function wrk({ url, headers, connections, seconds }: Load): Promise<Measured> {
  const args = ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`];
  const lines = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const generator = execute('wrk', [...args, '--timeout', '30s', '--script', script, ...lines, url]);
  adopt(generator.child);
  const { stdout } = await generator;
  const report = JSON.parse(stdout.slice(stdout.lastIndexOf('\n{'))) as Report;
  if (report.failed + report.refused > 0) {
    throw new Error(`${url}: ${report.requests} answers, ${report.failed} failed, ${report.refused} refused`);
  }
  return {
    requests: report.requests,
    perSecond: (report.requests / report.duration) * 1e6,
    bytes: report.bytes,
    p50: report.p50 / 1_000,
    p99: report.p99 / 1_000,
  };
}
