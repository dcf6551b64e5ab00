/** The server has core 0, the load core 1: neither takes time from the other. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Pinning {
  /** Whether the cores could be divided; figures of a run without it compare with nothing. */
  readonly pinned: boolean;
  /** Program and arguments that start `command` on the server's core. */
  server(command: readonly string[]): readonly string[];
}

const serverCore = '0';
const loadCore = '1';

/** Puts this process, and so every load generator it starts, on the load's core. */
export function pinToLoadCore(): Pinning {
  const moved =
    availableParallelism() > 1 &&
    spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', loadCore, String(process.pid)]).status === 0;
  return {
    pinned: moved,
    server: (command) => (moved ? ['taskset', '--cpu-list', serverCore, ...command] : command),
  };
}
