import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Ran {
  /** Exit code; 128 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written to standard input, which is closed then. */
  readonly input?: string | Uint8Array;
  /** Lines to type, each once the text before it has been printed (not again for the next): a conversation. */
  readonly answers?: readonly (readonly [asked: RegExp, line: string])[];
  /** Milliseconds after which it is ended as hanging. */
  readonly patience?: number;
  /** Called with everything printed so far whenever more was printed. */
  readonly watch?: (printed: string) => void;
}

/** No client command of the tests takes longer than a few seconds; this ends one that hangs. */
const usualPatience = 90_000;

/** Runs a program to its end. Rejects only when it can't be started or hangs: an exit code is an answer. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, detached: true });
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 128));
  });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    // The whole group: a client's own children would keep the pipes open.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, options.patience ?? usualPatience);
  child.stdin.on('error', () => {
    // A program may end without reading its input.
  });
  if (options.answers === undefined) child.stdin.end(options.input ?? '');
  else converse(child, options.answers);
  if (options.watch !== undefined) watch(child, options.watch);
  try {
    const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
    if (hung) throw new Error(`${program} ${args.join(' ')} hung: ${stdout}${stderr}`);
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

function watch(child: ChildProcessWithoutNullStreams, see: (printed: string) => void): void {
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      see(printed);
    });
  }
}

function converse(child: ChildProcessWithoutNullStreams, answers: NonNullable<RunOptions['answers']>): void {
  const left = [...answers];
  let read = 0;
  watch(child, (printed) => {
    const next = left[0];
    if (next === undefined || !next[0].test(printed.slice(read))) return;
    read = printed.length;
    left.shift();
    child.stdin.write(`${next[1]}\n`);
    if (left.length === 0) child.stdin.end();
  });
}
