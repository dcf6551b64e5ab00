import type { Bench } from '../bench.ts';
import { ask } from '../load/ask.ts';
import { publishAll } from '../load/publish.ts';
import { bytesWritten, cpuMicros, untilIdle } from '../machine/usage.ts';
import { versionsOf } from '../packages.ts';
import { alone } from '../peers/alone.ts';
import type { Registry } from '../peers/peer.ts';
import { documentHeaders } from '../requests.ts';
import { type Fact, fact, median } from '../results.ts';
import type { Scenario } from './scenario.ts';

const name = 'growth';
const most = 2_000;
/** Verdaccio reads and writes all versions with each publish: a few beside a thousand show it. */
const fewThere = 10;
const reads = 10;

export const growth: Scenario = {
  name,
  about: `publish versions of one package, 1 to ${most}`,
  run: async (bench) => {
    const own = await grow(bench);
    const there = bench.verdaccio === null ? null : await publishBesideThousand(bench, bench.verdaccio);
    const shape = (what: string, unit: Fact['unit']) => ({ scenario: name, what, unit, better: 'less' }) as const;
    const both = (packyard: readonly number[], verdaccio: readonly number[] | undefined): Fact['all'] => ({
      packyard,
      ...(verdaccio === undefined ? {} : { verdaccio }),
    });
    return [
      fact(shape('at 1,000 versions', 'ms'), both(own.durations.slice(950, 1_050), there?.durations)),
      fact(
        shape('written at 1,000 versions', 'KB'),
        both([own.written(1_000)], there === null ? undefined : [there.written]),
      ),
      fact(shape('written at 2,000 versions', 'KB'), both([own.written(2_000)], undefined)),
      fact(shape('exponent of time over the last doubling', ''), both([own.timeExponent], undefined)),
      fact(shape('exponent of server CPU over the last doubling', ''), both([own.cpuExponent], undefined)),
      fact(
        shape(`first read after a publish (at ${most}; Verdaccio at 1,000)`, 'ms'),
        both(own.firstReads, there?.firstReads),
      ),
    ];
  },
};

interface Growth {
  readonly durations: readonly number[];
  /** KB written for each publish of the doubling that ends at so many versions. */
  readonly written: (versions: 1_000 | 2_000) => number;
  readonly timeExponent: number;
  readonly cpuExponent: number;
  readonly firstReads: readonly number[];
}

/** What one publish costs on average in the doublings that end at 1,000 and at 2,000 versions. */
async function grow({ packyard }: Bench): Promise<Growth> {
  const versions = await versionsOf('growing', { count: most + reads });
  const { pid } = packyard.process;
  return alone(packyard, async () => {
    const part = async (from: number, to: number) => {
      await untilIdle(pid);
      const [cpu, written] = [cpuMicros(pid), bytesWritten(pid)];
      const { durations } = await publishAll(packyard, versions.slice(from, to));
      await untilIdle(pid);
      const count = to - from;
      return {
        durations,
        cpu: (cpuMicros(pid) - cpu) / count,
        written: (bytesWritten(pid) - written) / count / 1_000,
      };
    };
    const start = await part(0, 500);
    const earlier = await part(500, 1_000);
    const last = await part(1_000, most);
    return {
      durations: [...start.durations, ...earlier.durations, ...last.durations],
      written: (count) => (count === 1_000 ? earlier : last).written,
      timeExponent: Math.log2(median(last.durations) / median(earlier.durations)),
      cpuExponent: Math.log2(last.cpu / earlier.cpu),
      firstReads: await readAfterPublishes(packyard, versions.slice(most)),
    };
  });
}

/** Milliseconds from a publish's answer to the whole packument that holds it, as npm asks. */
async function readAfterPublishes(
  registry: Registry,
  versions: Awaited<ReturnType<typeof versionsOf>>,
): Promise<number[]> {
  const { authorization } = registry;
  const headers = documentHeaders({ form: 'abbreviated', encoding: 'gzip', authorization });
  const name = versions[0]?.name ?? '';
  const url = registry.packumentUrl(name, 'abbreviated');
  await ask(url, { headers });
  const durations: number[] = [];
  for (const version of versions) {
    await publishAll(registry, [version]);
    const began = performance.now();
    const { status } = await ask(url, { headers });
    durations.push(performance.now() - began);
    if (status !== 200) throw new Error(`${url} answers ${status}`);
  }
  return durations;
}

async function publishBesideThousand({ fixtures }: Bench, registry: Registry) {
  await fixtures.get('large');
  const versions = await versionsOf('large', { count: 2 * fewThere, first: 1_000 });
  const { pid } = registry.process;
  return alone(registry, async () => {
    const before = bytesWritten(pid);
    const { durations } = await publishAll(registry, versions.slice(0, fewThere));
    const written = (bytesWritten(pid) - before) / fewThere / 1_000;
    return { durations, written, firstReads: await readAfterPublishes(registry, versions.slice(fewThere)) };
  });
}
