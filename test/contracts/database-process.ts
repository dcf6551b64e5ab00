/** Other processes at the same database: `database-child.ts`, started with what it shall do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('database-child.ts', import.meta.url));

export interface DatabaseProcess {
  readonly child: ChildProcess;
  /** What it has written so far, as lines; the last one only when it is complete. */
  lines(): string[];
  /** Resolves with its exit code when it has ended and all it wrote has arrived; `null` when it was killed. */
  readonly ended: Promise<number | null>;
}

/** The child loads its modules, prints `ready`, and opens the database when it is released. */
export function startProcess(action: string, url: string, ...args: readonly string[]): DatabaseProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', program, action, url, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, lines: () => output.split('\n').slice(0, -1), ended };
}

/** Lets a started process open the database and act. */
export function release({ child }: DatabaseProcess): void {
  child.stdin?.end();
}

export async function untilLines(running: DatabaseProcess, count: number): Promise<void> {
  while (running.lines().length < count) {
    const event = await Promise.race([
      once(running.child.stdout as NonNullable<ChildProcess['stdout']>, 'data'),
      running.ended,
    ]);
    if (!Array.isArray(event)) throw new Error(`The process ended with ${event} before it wrote ${count} lines.`);
  }
}

/** Runs one statement in another process and returns the rows it gave. */
export async function commitElsewhere(url: string, sql: string): Promise<unknown> {
  const running = startProcess('all', url, sql);
  release(running);
  const code = await running.ended;
  if (code !== 0) throw new Error(`The process ended with ${code}.`);
  return JSON.parse(running.lines()[1] ?? 'null');
}
