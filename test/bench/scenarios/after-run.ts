import { memory } from '../machine/usage.ts';
import { startNginx } from '../peers/nginx.ts';
import { startPackyard } from '../peers/packyard.ts';
import { startVerdaccio } from '../peers/verdaccio.ts';
import path from 'node:path';
import { type Fact, fact, type PeerId } from '../results.ts';
import type { Scenario } from './scenario.ts';
import { timeStart } from './startup.ts';

const name = 'after-run';

/** The last one: it stops the servers of the run, and starts them on what they have stored by then. */
export const afterRun: Scenario = {
  name,
  about: 'the servers after everything above',
  run: async ({ peers, packyard, verdaccio, folder, pinning }) => {
    const memories = peers.map((peer) => [peer.id, memory(peer.process.pid)] as const);
    const of = (kind: 'resident' | 'peak'): Fact['all'] =>
      Object.fromEntries(memories.map(([peer, used]) => [peer, [used[kind]]]));
    for (const peer of peers) await peer.process.stop();
    const starts: Partial<Record<PeerId, number[]>> = {
      packyard: [(await timeStart(() => startPackyard(packyard.folder, pinning))).milliseconds],
      nginx: [(await timeStart(() => startNginx(path.join(folder, 'nginx'), pinning))).milliseconds],
    };
    if (verdaccio !== null) {
      starts.verdaccio = [(await timeStart(() => startVerdaccio(verdaccio.folder, pinning))).milliseconds];
    }
    const shape = { scenario: name, better: 'less' } as const;
    return [
      fact({ ...shape, what: 'memory now', unit: 'MB' }, of('resident')),
      fact({ ...shape, what: 'most memory ever', unit: 'MB' }, of('peak')),
      fact({ ...shape, what: 'started again, ready after', unit: 'ms' }, starts),
    ];
  },
};
