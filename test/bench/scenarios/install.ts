/** `npm install` of 300 packages that none of the registries has yet, and once more when it has them. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../clients/run.ts';
import { writeConsumer } from '../../harness/packages.ts';
import type { Bench } from '../bench.ts';
import { cpuMicros, memory, untilIdle } from '../machine/usage.ts';
import { packageTree } from '../packages.ts';
import { alone } from '../peers/alone.ts';
import { openPackyard } from '../peers/packyard.ts';
import type { Registry } from '../peers/peer.ts';
import { addUpstreamPackage } from '../peers/upstream-packages.ts';
import { openVerdaccio } from '../peers/verdaccio.ts';
import { type Fact, fact, type PeerId } from '../results.ts';
import type { Scenario } from './scenario.ts';

const count = 300;
const patience = 300_000;

interface Install {
  readonly seconds: number;
  /** Of the registry, milliseconds. */
  readonly cpu: number;
  /** MB resident when it was over. */
  readonly memory: number;
}

interface Proxy {
  readonly registry: Registry;
  /** What npm is told, with a slash at the end. */
  readonly url: string;
}

export const install: Scenario = {
  name: 'install',
  about: `npm install of ${count} packages of another registry, through a proxy that is new, and again`,
  run: async (bench) => {
    for (const version of await packageTree('up-tree', count, 20_000)) await addUpstreamPackage(bench.nginx, [version]);
    const all: Record<'cold' | 'warm', Partial<Record<PeerId, Install[]>>> = { cold: {}, warm: {} };
    for (let round = 0; round < bench.options.repeat; round++) {
      for (const open of proxies(bench, round)) {
        const { registry, url } = await open();
        for (const when of ['cold', 'warm'] as const) {
          (all[when][registry.id] ??= []).push(await measure(bench, registry, url, when));
        }
        await registry.process.stop();
      }
    }
    return [...facts('cold', all.cold), ...facts('warm', all.warm)];
  },
};

/** Registries that have nothing but their settings. */
function proxies({ folder, nginx, pinning, options, storage }: Bench, round: number): (() => Promise<Proxy>)[] {
  const packyard = async (): Promise<Proxy> => {
    const place = { upstreamUrl: nginx.upstreamUrl, storage };
    const registry = await openPackyard(path.join(folder, `install-packyard-${round}`), pinning, place);
    return { registry, url: `${registry.virtualUrl}/` };
  };
  const verdaccio = async (): Promise<Proxy> => {
    const registry = await openVerdaccio(path.join(folder, `install-verdaccio-${round}`), pinning, nginx.upstreamUrl);
    return { registry, url: registry.packumentUrl('', 'full') };
  };
  return options.verdaccio ? [packyard, verdaccio] : [packyard];
}

/** npm with a new cache, in a new folder. Rejects unless all packages are there in the end. */
async function measure({ folder, nginx }: Bench, registry: Registry, url: string, when: string): Promise<Install> {
  const home = path.join(folder, `install-${registry.id}-${when}`);
  await mkdir(home, { recursive: true });
  const consumer = await writeConsumer(path.join(home, 'consumer'), { 'up-tree-0': '^1.0.0' });
  const token = registry.authorization.replace('Bearer ', '');
  await writeFile(path.join(home, '.npmrc'), `registry=${url}\n${url.replace('http:', '')}:_authToken=${token}\n`);
  const { pid } = registry.process;
  const before = cpuMicros(pid);
  const began = performance.now();
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-update-notifier', '--json'];
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const ran = await alone(nginx, () => alone(registry, () => run('npm', args, { cwd: consumer, env, patience })));
  const seconds = (performance.now() - began) / 1_000;
  registry.process.resume();
  await untilIdle(pid);
  const { added } = JSON.parse(ran.stdout || '{}') as { added?: number };
  if (ran.code !== 0 || added !== count) {
    throw new Error(`npm installed ${added ?? 0} packages from ${registry.id}: ${ran.stderr.slice(-500)}`);
  }
  await rm(home, { recursive: true });
  return { seconds, cpu: (cpuMicros(pid) - before) / 1_000, memory: memory(pid).resident };
}

function facts(when: string, installs: Partial<Record<PeerId, Install[]>>): Fact[] {
  const of = (value: (one: Install) => number): Fact['all'] =>
    Object.fromEntries(Object.entries(installs).map(([peer, all]) => [peer, all.map(value)]));
  const shape = { scenario: 'install', better: 'less' } as const;
  return [
    fact(
      { ...shape, what: `${when}: the whole install`, unit: 'ms' },
      of((one) => one.seconds * 1_000),
    ),
    fact(
      { ...shape, what: `${when}: server CPU`, unit: 'ms' },
      of((one) => one.cpu),
    ),
    fact(
      { ...shape, what: `${when}: memory afterwards`, unit: 'MB' },
      of((one) => one.memory),
    ),
  ];
}
