/** The program as a process of its own, as somebody starts it who has set what `env` says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtProgram } from '../harness/built-program.ts';

export const rootToken = 'root-token-for-tests-only';

export interface Program {
  readonly child: ChildProcess;
  /** Resolves when it has ended and all that it wrote has arrived: the exit code, `null` after a signal. */
  readonly ended: Promise<number | null>;
  out(): string;
  err(): string;
  /** The lines of its log so far. */
  log(): Record<string, unknown>[];
  /** Resolves to the URL when it serves; rejects with what it said when it ends before. */
  ready(): Promise<string>;
  /** Resolves when `found` does not throw or give a falsy value any more; looks whenever more was written. */
  until<T>(found: () => T): Promise<T>;
  /** Ends it at once, unless it has ended. */
  kill(): Promise<void>;
}

/** Listens on a free port unless told otherwise; `data` is its data folder. `under` is a program that starts it. */
export function startProgram(
  data: string,
  env: Readonly<Record<string, string>> = {},
  under: readonly string[] = [],
): Program {
  const settings = {
    PACKYARD_DATA: data,
    PACKYARD_PORT: '0',
    PACKYARD_ROOT_TOKEN: rootToken,
    PACKYARD_DRAIN_SECONDS: '10',
    PACKYARD_LOG_FORMAT: 'json',
    ...env,
  };
  const [command, ...args] = [...under, process.execPath, builtProgram()];
  const child = spawn(command, args, { cwd: data, env: { PATH: process.env['PATH'] ?? '', ...settings } });
  const text = { out: '', err: '' };
  child.stdout.setMaxListeners(100);
  child.stderr.setMaxListeners(100);
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  const until = async <T>(found: () => T): Promise<T> => {
    for (;;) {
      const over = hasEnded();
      const result = attempt(found);
      if (result !== null) return result.value;
      if (over) throw new Error(`The program ended: ${text.out}${text.err}`);
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
    }
  };
  return {
    child,
    ended,
    out: () => text.out,
    err: () => text.err,
    log: () => text.out.split('\n').slice(0, -1).flatMap(logLine),
    ready: () => until(() => /is ready at (\S+)\n/.exec(text.out)?.[1] ?? ''),
    until,
    async kill() {
      if (!hasEnded()) child.kill('SIGKILL');
      await ended;
    },
  };
}

function attempt<T>(found: () => T): { readonly value: T } | null {
  try {
    const value = found();
    return value === undefined || value === null || value === false || value === '' ? null : { value };
  } catch {
    return null;
  }
}

function logLine(line: string): Record<string, unknown>[] {
  return line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [];
}
