import { spawnSync } from 'node:child_process';

/** One finished system call of a trace by `strace -f -y`. */
export interface SystemCall {
  readonly name: string;
  /** Arguments as strace writes them, descriptors with their paths: `17</tmp/x>`. */
  readonly args: string;
  readonly result: string;
  /** Positions in the trace; calls of several threads overlap. */
  readonly begin: number;
  readonly end: number;
}

/** Why system calls can't be traced here; `null` when they can. */
export function whyNoStrace(): string | null {
  const { error, status } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? null : 'strace may not trace here';
}

/** Reads the text of a trace, joining calls that another thread interrupted. */
export function parseTrace(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { name: string; args: string; begin: number }>();
  for (const [index, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest);
    const resumed = /^<\.\.\. (\w+) resumed>(.*)\) += (.*)$/.exec(rest);
    const whole = /^(\w+)\((.*)\) += (.*)$/.exec(rest);
    if (begun !== null) {
      unfinished.set(thread, { name: begun[1] ?? '', args: begun[2] ?? '', begin: index });
    } else if (resumed !== null) {
      const start = unfinished.get(thread);
      unfinished.delete(thread);
      if (start === undefined) continue;
      calls.push({ ...start, args: start.args + (resumed[2] ?? ''), result: resumed[3] ?? '', end: index });
    } else if (whole !== null) {
      calls.push({ name: whole[1] ?? '', args: whole[2] ?? '', result: whole[3] ?? '', begin: index, end: index });
    }
  }
  return calls;
}
