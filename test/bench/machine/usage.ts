/** What a process has used, as Linux counts it in `/proc`. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** `CLK_TCK`, which is 100 on every Linux that Node runs on: microseconds in one tick. */
const microsPerTick = 10_000;

/** CPU time of all threads so far, ended ones too, in user and kernel mode, microseconds. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name stands in brackets and may hold blanks. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = '0', system = '0'] = fields.slice(11, 13);
  return (Number(user) + Number(system)) * microsPerTick;
}

/** Bytes that the process made dirty in the page cache of a disk. */
export function bytesWritten(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
}

export interface Memory {
  /** Resident bytes now, in MB of 2^20. */
  readonly resident: number;
  /** The most there ever were. */
  readonly peak: number;
}

export function memory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** Watches resident memory while `work` runs: MB above the start, at most. */
export async function memoryRise(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = memory(pid).resident;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, memory(pid).resident);
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, memory(pid).resident) - before;
}

/** Waits until the process has used no CPU for a moment: it has finished what was asked of it. */
export async function untilIdle(pid: number): Promise<void> {
  const deadline = performance.now() + 5_000;
  let last = cpuMicros(pid);
  for (let quiet = 0; quiet < 3 && performance.now() < deadline; ) {
    await pause(15);
    const now = cpuMicros(pid);
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
}
