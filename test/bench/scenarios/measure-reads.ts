/** The steps of every scenario that reads: check, warm up, then measure in turns. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Bench } from '../bench.ts';
import { ask } from '../load/ask.ts';
import { type Load, type Measured, wrk } from '../load/wrk.ts';
import { cpuMicros, memoryRise, untilIdle } from '../machine/usage.ts';
import { alone } from '../peers/alone.ts';
import type { Peer } from '../peers/peer.ts';
import { type Fact, fact, type PeerId } from '../results.ts';

export interface Read {
  readonly name: string;
  readonly peers: readonly Peer[];
  readonly connections: number;
  /** The same question for each server. */
  readonly target: (peer: Peer) => Target;
  /** Ask again for what one has: 304. */
  readonly conditional?: boolean;
  readonly expect: Expected;
  /** Report the rise of the server's memory too. */
  readonly memory?: boolean;
}

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Expected {
  readonly encoding?: 'gzip' | null;
  /** Versions in the document. */
  readonly versions?: number;
  /** SHA-512 of the body, base64. */
  readonly sha512?: string;
}

interface Checked {
  readonly target: Target;
  /** Bytes of the body that each answer must have. */
  readonly bodySize: number;
}

interface Repetition extends Measured {
  readonly cpu: number;
  readonly rise: number;
}

/** No answer's headers are longer. */
const mostHeaders = 1_500;

/** Rejects when a server answers something else than it should, before or while it is timed. */
export async function measureReads({ options }: Bench, read: Read): Promise<Fact[]> {
  const checked = new Map<Peer, Checked>();
  for (const peer of read.peers) checked.set(peer, await alone(peer, () => check(peer, read)));
  const { connections } = read;
  const loads = new Map<Peer, Load>();
  for (const [peer, { target }] of checked) {
    const warm = await alone(peer, () => wrk({ ...target, connections, seconds: 1 }));
    // A server that is slow with it needs longer for a number of answers that says something.
    const seconds = warm.requests < 3 * connections ? 2 * options.seconds : options.seconds;
    loads.set(peer, { ...target, connections, seconds });
  }
  const repetitions: Partial<Record<PeerId, Repetition[]>> = {};
  for (let round = 0; round < options.repeat; round++) {
    for (const [peer, load] of loads) {
      const measured = await alone(peer, () => measure(peer, load));
      checkSize(peer, read, measured, checked.get(peer)?.bodySize ?? 0);
      (repetitions[peer.id] ??= []).push(measured);
    }
  }
  return facts(read, repetitions);
}

async function check(peer: Peer, read: Read): Promise<Checked> {
  const target = read.target(peer);
  const { status, headers, body } = await ask(target.url, { headers: target.headers });
  const fail = (what: string): never => {
    throw new Error(`${read.name}: ${peer.id} ${what} for ${target.url}`);
  };
  if (status !== 200) fail(`answers ${status}`);
  const { encoding, versions, sha512 } = read.expect;
  if (encoding !== undefined && (headers['content-encoding'] ?? null) !== encoding) fail('sends another encoding');
  if (
    versions !== undefined &&
    versionsIn(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body) !== versions
  ) {
    fail('sends another number of versions');
  }
  if (sha512 !== undefined && createHash('sha512').update(body).digest('base64') !== sha512) fail('sends other bytes');
  if (read.conditional !== true) return { target, bodySize: body.length };
  const again = { ...target, headers: { ...target.headers, 'if-none-match': headers.etag ?? '' } };
  const second = await ask(again.url, { headers: again.headers });
  if (second.status !== 304 || second.body.length > 0) fail(`answers ${second.status} to If-None-Match`);
  return { target: again, bodySize: 0 };
}

function versionsIn(packument: Buffer): number {
  return Object.keys((JSON.parse(packument.toString()) as { versions: object }).versions).length;
}

async function measure(peer: Peer, load: Load): Promise<Repetition> {
  const { pid } = peer.process;
  const before = cpuMicros(pid);
  let measured: Measured | undefined;
  const rise = await memoryRise(pid, async () => {
    measured = await wrk(load);
  });
  if (measured === undefined || measured.requests === 0) throw new Error(`${load.url} gave no answer in time`);
  // Requests that wrk gave up at its end are worked off, and paid for, all the same.
  await untilIdle(pid);
  return { ...measured, cpu: (cpuMicros(pid) - before) / (measured.requests + load.connections), rise };
}

/** Bytes of answers that were under way at the end count too. */
function checkSize(peer: Peer, { name, connections }: Read, measured: Measured, bodySize: number): void {
  const { bytes, requests } = measured;
  if (bytes >= requests * bodySize && bytes <= (requests + connections) * (bodySize + mostHeaders)) return;
  throw new Error(`${name}: ${peer.id} sent ${bytes} bytes in ${requests} answers, but one has ${bodySize}`);
}

function facts({ name, memory }: Read, repetitions: Partial<Record<PeerId, Repetition[]>>): Fact[] {
  const of = (value: (one: Repetition) => number): Fact['all'] =>
    Object.fromEntries(Object.entries(repetitions).map(([peer, all]) => [peer, all.map(value)]));
  return [
    fact(
      { scenario: name, what: 'answers', unit: '/s', better: 'more' },
      of((one) => one.perSecond),
    ),
    fact(
      { scenario: name, what: 'p99', unit: 'ms', better: 'less' },
      of((one) => one.p99),
    ),
    fact(
      { scenario: name, what: 'server CPU an answer', unit: 'µs', better: 'less' },
      of((one) => one.cpu),
    ),
    ...(memory === true
      ? [
          fact(
            { scenario: name, what: 'memory rise', unit: 'MB', better: 'less' },
            of((one) => one.rise),
          ),
        ]
      : []),
  ];
}
