import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import type { ServerProcess } from '../machine/processes.ts';
import { cpuMicros, memory, untilIdle } from '../machine/usage.ts';
import { startNginx } from '../peers/nginx.ts';
import { startPackyard } from '../peers/packyard.ts';
import { startVerdaccio } from '../peers/verdaccio.ts';
import { type Fact, fact, type PeerId } from '../results.ts';
import type { Scenario } from './scenario.ts';

type Starting = () => Promise<{ readonly process: ServerProcess }>;

export interface Started {
  /** To the first 200 of the readiness check. */
  readonly milliseconds: number;
  /** CPU time until then, milliseconds. */
  readonly cpu: number;
  /** MB resident when nothing has been asked of it. */
  readonly idle: number;
}

export const startup: Scenario = {
  name: 'startup',
  about: 'from the start of the process to ready',
  run: async (bench) => {
    const first = await startTimes(bench, (round) => path.join(bench.folder, `start-${round}`));
    const again = await startTimes(bench, () => path.join(bench.folder, 'start-0'));
    const of = (started: typeof first, value: (one: Started) => number): Fact['all'] =>
      Object.fromEntries(Object.entries(started).map(([peer, all]) => [peer, all.map(value)]));
    const shape = { scenario: 'startup', better: 'less' } as const;
    return [
      fact(
        { ...shape, what: 'first start, ready after', unit: 'ms' },
        of(first, (one) => one.milliseconds),
      ),
      fact(
        { ...shape, what: 'later starts, ready after', unit: 'ms' },
        of(again, (one) => one.milliseconds),
      ),
      fact(
        { ...shape, what: 'later starts, server CPU until ready', unit: 'ms' },
        of(again, (one) => one.cpu),
      ),
      fact(
        { ...shape, what: 'memory when idle', unit: 'MB' },
        of(again, (one) => one.idle),
      ),
    ];
  },
};

async function startTimes(
  { pinning, options }: Bench,
  folderOf: (round: number) => string,
): Promise<Partial<Record<PeerId, Started[]>>> {
  const times: Partial<Record<PeerId, Started[]>> = {};
  for (let round = 0; round < options.repeat; round++) {
    const folder = folderOf(round);
    const starts: [PeerId, Starting][] = [
      ['packyard', () => startPackyard(path.join(folder, 'packyard'), pinning)],
      ['nginx', () => startNginx(path.join(folder, 'nginx'), pinning)],
    ];
    if (options.verdaccio) starts.push(['verdaccio', () => startVerdaccio(path.join(folder, 'verdaccio'), pinning)]);
    for (const [peer, starting] of starts) (times[peer] ??= []).push(await timeStart(starting));
  }
  return times;
}

/** Starts a server, lets it settle, and stops it. */
export async function timeStart(starting: Starting): Promise<Started> {
  const began = performance.now();
  const { process: server } = await starting();
  const milliseconds = performance.now() - began;
  const cpu = cpuMicros(server.pid) / 1_000;
  await pause(300);
  await untilIdle(server.pid);
  const idle = memory(server.pid).resident;
  await server.stop();
  return { milliseconds, cpu, idle };
}
