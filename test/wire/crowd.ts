/** Starts the programs of `crowd-upstream.ts` and `crowd-clients.ts`, so that a test's own process costs the server nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrowdOrder, CrowdResult } from './crowd-clients.ts';

export interface CrowdUpstream {
  readonly url: string;
  /** Requests so far. */
  readonly hits: () => number;
  close(): void;
}

/** Has a file of `size` bytes at any path, and sends the first `sent` of them. */
export async function crowdUpstream(size: number, sent = size): Promise<CrowdUpstream> {
  const child = start('crowd-upstream.ts', [String(size), String(sent)]);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  while (!text.includes('\n') && child.exitCode === null) await once(child.stdout ?? child, 'data');
  return { url: text.split('\n')[0] ?? '', hits: () => text.split('GET ').length - 1, close: () => void child.kill() };
}

export async function crowd(order: CrowdOrder): Promise<CrowdResult> {
  const child = start('crowd-clients.ts', [JSON.stringify(order)]);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(child, 'close');
  return JSON.parse(text) as CrowdResult;
}

function start(program: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
