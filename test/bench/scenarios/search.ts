import path from 'node:path';
import type { Bench } from '../bench.ts';
import { ask } from '../load/ask.ts';
import { publishAll } from '../load/publish.ts';
import { cpuMicros, untilIdle } from '../machine/usage.ts';
import { newPackages } from '../packages.ts';
import { alone } from '../peers/alone.ts';
import type { ServerProcess } from '../machine/processes.ts';
import { openVerdaccio, startVerdaccio } from '../peers/verdaccio.ts';
import { storeCopies } from '../peers/verdaccio-storage.ts';
import { type Fact, fact, type PeerId } from '../results.ts';
import type { Scenario } from './scenario.ts';

const name = 'search';
const packages = 10_000;
const asks = 15;

/** Optional: filling the servers takes half a minute. */
export const search: Scenario = {
  name,
  about: `search among ${packages} packages, one client`,
  optional: true,
  run: async (bench) => {
    const searched: Partial<Record<PeerId, readonly Searched[]>> = {};
    await fillPackyard(bench);
    searched.packyard = await searchAll(bench.packyard);
    if (bench.verdaccio !== null) {
      const other = await openFilledVerdaccio(bench);
      searched.verdaccio = await searchAll(other);
      await other.process.stop();
    }
    const of = (value: (one: Searched) => number): Fact['all'] =>
      Object.fromEntries(Object.entries(searched).map(([peer, all]) => [peer, all.map(value)]));
    const shape = { scenario: name, better: 'less' } as const;
    return [
      fact(
        { ...shape, what: 'answer', unit: 'ms' },
        of((one) => one.milliseconds),
      ),
      fact(
        { ...shape, what: 'server CPU an answer', unit: 'µs' },
        of((one) => one.cpu),
      ),
    ];
  },
};

interface Searchable {
  readonly process: ServerProcess;
  readonly authorization: string;
  readonly searchUrl: string;
}

interface Searched {
  readonly milliseconds: number;
  readonly cpu: number;
}

async function fillPackyard({ packyard }: Bench): Promise<void> {
  const step = 1_000;
  for (let from = 0; from < packages; from += step) {
    const some = await newPackages(`search-${from}`, step, 100);
    await alone(packyard, () => publishAll(packyard, some, 8));
  }
}

/** A second Verdaccio: what it has is written into its storage before its list of packages is read. */
async function openFilledVerdaccio({ folder, pinning }: Bench): Promise<Searchable> {
  const place = path.join(folder, 'verdaccio-search');
  const first = await openVerdaccio(place, pinning);
  await publishAll(first, await newPackages('search-original', 1, 100));
  await first.process.stop();
  const copies = Array.from({ length: packages }, (_, index) => `search-copy-${index}`);
  await storeCopies(first.storage, 'search-original-0', copies);
  const { process: server, url } = await startVerdaccio(place, pinning);
  server.pause();
  return { process: server, authorization: first.authorization, searchUrl: `${url}/-/v1/search` };
}

function searchAll({ process: server, authorization, searchUrl }: Searchable): Promise<Searched[]> {
  const { pid } = server;
  return alone({ process: server }, async () => {
    const searched: Searched[] = [];
    for (let index = 0; index < asks; index++) {
      const cpu = cpuMicros(pid);
      const began = performance.now();
      const { status, body } = await ask(`${searchUrl}?text=search&size=20&from=${index}`, {
        headers: { authorization },
      });
      const milliseconds = performance.now() - began;
      const { objects } = JSON.parse(body.toString()) as { objects: readonly unknown[] };
      if (status !== 200 || objects.length !== 20) throw new Error(`${searchUrl} answers ${status}`);
      await untilIdle(pid);
      searched.push({ milliseconds, cpu: cpuMicros(pid) - cpu });
    }
    return searched;
  });
}
