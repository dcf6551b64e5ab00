import { createHash, randomBytes } from 'node:crypto';
import type { Bench } from '../bench.ts';
import { ask } from '../load/ask.ts';
import { cpuMicros, memoryRise, untilIdle } from '../machine/usage.ts';
import { alone } from '../peers/alone.ts';
import type { Peer } from '../peers/peer.ts';
import { type Fact, fact, type PeerId } from '../results.ts';
import { measureReads } from './measure-reads.ts';
import type { Scenario } from './scenario.ts';

const name = 'generic';
const megabytes = 100;

export const generic: Scenario = {
  name,
  about: `a Generic file of ${megabytes} MB, one client; nginx stores it unhashed and unsynced`,
  run: async (bench) => {
    const body = randomBytes(megabytes * 1_000_000);
    const uploads = await measureUploads(bench, body);
    const sha512 = createHash('sha512').update(body).digest('base64');
    const peers = [bench.packyard, bench.nginx];
    const downloads = await measureReads(bench, {
      name,
      peers,
      connections: 1,
      memory: true,
      expect: { sha512 },
      target: (peer) => ({ url: urlOf(bench, peer, bench.options.repeat - 1), headers: authorized(peer) }),
    });
    return [...uploads, ...downloads];
  },
};

interface Upload {
  readonly milliseconds: number;
  readonly cpu: number;
  readonly rise: number;
}

async function measureUploads(bench: Bench, body: Buffer): Promise<Fact[]> {
  const uploads: Partial<Record<PeerId, Upload[]>> = {};
  for (let round = 0; round < bench.options.repeat; round++) {
    // The same bytes twice would be stored once.
    body.writeUInt32LE(round);
    for (const peer of [bench.packyard, bench.nginx]) {
      (uploads[peer.id] ??= []).push(await alone(peer, () => upload(peer, urlOf(bench, peer, round), body)));
    }
  }
  const of = (value: (one: Upload) => number): Fact['all'] =>
    Object.fromEntries(Object.entries(uploads).map(([peer, all]) => [peer, all.map(value)]));
  const shape = { scenario: name, better: 'less' } as const;
  return [
    fact(
      { ...shape, what: 'upload', unit: 'ms' },
      of((one) => one.milliseconds),
    ),
    fact(
      { ...shape, what: 'server CPU an upload', unit: 'µs' },
      of((one) => one.cpu),
    ),
    fact(
      { ...shape, what: 'memory rise of uploads', unit: 'MB' },
      of((one) => one.rise),
    ),
  ];
}

async function upload(peer: Peer, url: string, body: Buffer): Promise<Upload> {
  const { pid } = peer.process;
  await untilIdle(pid);
  const cpu = cpuMicros(pid);
  let milliseconds = 0;
  const rise = await memoryRise(pid, async () => {
    const began = performance.now();
    const { status } = await ask(url, { method: 'PUT', headers: authorized(peer), body });
    milliseconds = performance.now() - began;
    if (status !== 201) throw new Error(`${url} answers ${status} to an upload`);
  });
  await untilIdle(pid);
  return { milliseconds, cpu: cpuMicros(pid) - cpu, rise };
}

function urlOf({ packyard, nginx }: Bench, peer: Peer, round: number): string {
  return peer.id === 'nginx'
    ? nginx.uploadUrl(`file-${round}.bin`)
    : `${packyard.genericUrl}/bench/1.0.${round}/file.bin`;
}

function authorized({ authorization }: Peer): Record<string, string> {
  return authorization === null ? {} : { authorization };
}
