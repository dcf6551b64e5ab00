/** Child processes of the bench: started by it, stopped by it by their ids, whatever ends the bench. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../load/ask.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Takes it off its core while another one is measured. */
  pause(): void;
  resume(): void;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that gets standard error; standard output goes nowhere. */
  readonly errors: string;
}

const running = new Set<ChildProcess>();
/** Milliseconds an orderly stop may take. */
const patience = 10_000;

export function start({ command, cwd, env, errors }: StartOptions): ServerProcess {
  const [program = '', ...args] = command;
  const told = openSync(errors, 'a');
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', told] });
  closeSync(told);
  adopt(child);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} can't be started`);
  return {
    pid,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      if (!running.has(child)) return;
      end(child, 'SIGTERM');
      const late = setTimeout(() => end(child, 'SIGKILL'), patience);
      await gone;
      clearTimeout(late);
    },
  };
}

/** Counts a child among those that the end of the bench ends. */
export function adopt(child: ChildProcess): void {
  running.add(child);
  child.once('error', () => running.delete(child));
  child.once('close', () => running.delete(child));
}

/** Waits until `url` answers 200; rejects when the process ends before, or takes longer than 30 seconds. */
export async function untilReady({ pid }: ServerProcess, url: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const answer = await ask(url).catch(() => null);
    if (answer?.status === 200) return;
    if (![...running].some((child) => child.pid === pid)) throw new Error(`the server of ${url} ended`);
    await pause(2);
  }
  throw new Error(`${url} doesn't answer`);
}

/** For the end of the bench, however it comes: nothing that it started outlives it. */
export function endAll(): void {
  for (const child of running) end(child, 'SIGKILL');
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  child.kill(signal);
  // A paused process acts upon a signal when it goes on.
  child.kill('SIGCONT');
}
