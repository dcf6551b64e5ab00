import type { Bench } from '../bench.ts';
import { publishAll, type Publishes } from '../load/publish.ts';
import { bytesWritten, cpuMicros, memoryRise, untilIdle } from '../machine/usage.ts';
import { type BenchVersion, newPackages } from '../packages.ts';
import { alone } from '../peers/alone.ts';
import type { Registry } from '../peers/peer.ts';
import { type Fact, fact, median, type PeerId } from '../results.ts';
import type { Scenario } from './scenario.ts';

interface Publishing {
  readonly name: string;
  readonly about: string;
  readonly fileSize: number;
  readonly clients: number;
  /** Packages in one repetition: enough for a second or so. */
  readonly packages: Readonly<Record<'packyard' | 'verdaccio', number>>;
}

const publishings: readonly Publishing[] = [
  {
    name: 'publish-seq',
    about: 'publish new packages of 10 KB, one client',
    fileSize: 10_000,
    clients: 1,
    packages: { packyard: 400, verdaccio: 100 },
  },
  {
    name: 'publish-c8',
    about: 'publish new packages of 10 KB, eight clients',
    fileSize: 10_000,
    clients: 8,
    packages: { packyard: 800, verdaccio: 150 },
  },
  {
    name: 'publish-20m',
    about: 'publish new packages of 20 MB, one client',
    fileSize: 20_000_000,
    clients: 1,
    packages: { packyard: 2, verdaccio: 2 },
  },
];

interface Repetition extends Publishes {
  readonly cpu: number;
  readonly written: number;
  readonly rise: number;
}

export const publishScenarios: readonly Scenario[] = publishings.map((publishing) => ({
  name: publishing.name,
  about: publishing.about,
  run: async (bench) => {
    await warmUp(bench, publishing);
    const repetitions: Partial<Record<PeerId, Repetition[]>> = {};
    for (let round = 0; round < bench.options.repeat; round++) {
      const packages = await newPackages(`${publishing.name}-${round}`, most(publishing), publishing.fileSize);
      for (const registry of bench.registries) {
        const own = packages.slice(0, publishing.packages[registry.id]);
        (repetitions[registry.id] ??= []).push(await measure(registry, own, publishing.clients));
      }
    }
    return facts(publishing, repetitions);
  },
}));

function most({ packages }: Publishing): number {
  return Math.max(...Object.values(packages));
}

async function warmUp({ registries }: Bench, { name, clients, fileSize }: Publishing): Promise<void> {
  const packages = await newPackages(`${name}-warm`, fileSize > 1_000_000 ? 2 : 200, fileSize);
  for (const registry of registries) await alone(registry, () => publishAll(registry, packages, clients));
}

function measure(registry: Registry, packages: readonly BenchVersion[], clients: number): Promise<Repetition> {
  const { pid } = registry.process;
  return alone(registry, async () => {
    await untilIdle(pid);
    const cpu = cpuMicros(pid);
    const written = bytesWritten(pid);
    let publishes: Publishes = { durations: [], seconds: 0 };
    const rise = await memoryRise(pid, async () => {
      publishes = await publishAll(registry, packages, clients);
    });
    await untilIdle(pid);
    return {
      ...publishes,
      cpu: (cpuMicros(pid) - cpu) / packages.length,
      written: (bytesWritten(pid) - written) / packages.length / 1_000,
      rise,
    };
  });
}

function facts({ name, fileSize }: Publishing, repetitions: Partial<Record<PeerId, Repetition[]>>): Fact[] {
  const of = (value: (one: Repetition) => number): Fact['all'] =>
    Object.fromEntries(Object.entries(repetitions).map(([peer, all]) => [peer, all.map(value)]));
  const shape = (what: string, unit: Fact['unit']) => ({ scenario: name, what, unit, better: 'less' }) as const;
  return [
    fact(
      { ...shape('publishes', '/s'), better: 'more' },
      of((one) => one.durations.length / one.seconds),
    ),
    fact(
      shape('median', 'ms'),
      of((one) => median(one.durations)),
    ),
    fact(
      shape('server CPU a publish', 'µs'),
      of((one) => one.cpu),
    ),
    fact(
      shape('written to disk a publish', 'KB'),
      of((one) => one.written),
    ),
    ...(fileSize > 1_000_000
      ? [
          fact(
            shape('memory rise', 'MB'),
            of((one) => one.rise),
          ),
        ]
      : []),
  ];
}
