/** People who publish and install without a break, and a ledger of what they were told. */
import { type NpmPackage, npmPackage } from '../harness/packages.ts';
import { type NpmWire, npmWire, type WireAnswer } from '../wire/npm-wire.ts';

export interface Ledger {
  /** `name@version`, answered with 201, or with the news that it is there. */
  readonly acknowledged: Map<string, NpmPackage>;
  /** Publishes that got no such answer: they may have been stored, or not. */
  readonly unknown: Map<string, NpmPackage>;
  /** What nobody should have seen, as sentences. */
  readonly failures: string[];
  /** Reads that were answered in full. */
  reads: number;
}

export interface LoadOptions {
  /** npm registry URL with its slash. */
  readonly registry: string;
  readonly token: string;
  /** Names of the packages, one publisher each. */
  readonly packages: readonly string[];
  readonly readers: number;
  /** Whether servers die on purpose: then an answer may be missing. */
  readonly mayBreak: boolean;
}

export interface Load {
  readonly ledger: Ledger;
  /** Resolves when so many more publishes were acknowledged. */
  more(count: number): Promise<void>;
  stop(): Promise<Ledger>;
}

export function startLoad({ registry, token, packages, readers, mayBreak }: LoadOptions): Load {
  const npm = npmWire(registry, token);
  const ledger: Ledger = { acknowledged: new Map(), unknown: new Map(), failures: [], reads: 0 };
  const stopping = new AbortController();
  const goOn = (): boolean => !stopping.signal.aborted;
  const people = [
    ...packages.map((name) => publishFor(goOn, npm, name, ledger, mayBreak)),
    ...Array.from({ length: readers }, () => readFor(goOn, npm, ledger, mayBreak)),
  ];
  return {
    ledger,
    async more(count) {
      const enough = ledger.acknowledged.size + count;
      while (ledger.acknowledged.size < enough && ledger.failures.length === 0) await tick();
    },
    async stop() {
      stopping.abort();
      await Promise.all(people);
      return ledger;
    },
  };
}

/** Nobody else publishes the version: a proxy has sent it to a second server, after the first one had stored it and died. */
const exists = 403;
/** No answer, or the proxy's word that it got none. */
const broken: ReadonlySet<number> = new Set([0, 502, 504]);

async function publishFor(
  goOn: () => boolean,
  npm: NpmWire,
  name: string,
  ledger: Ledger,
  mayBreak: boolean,
): Promise<void> {
  for (let patch = 0; goOn(); patch++) {
    const version = `1.0.${patch}`;
    const of = await npmPackage({ name, version, files: { 'which.txt': `${name} ${version}` } });
    const key = `${name}@${version}`;
    ledger.unknown.set(key, of);
    const answer = await npm.put(of).catch(nothing);
    const status = answer?.status ?? 0;
    if (status === 201 || (mayBreak && status === exists)) {
      ledger.unknown.delete(key);
      ledger.acknowledged.set(key, of);
    } else if (!mayBreak || !broken.has(status)) {
      ledger.failures.push(`publish of ${key}: ${describe(answer)}`);
    }
  }
}

async function readFor(goOn: () => boolean, npm: NpmWire, ledger: Ledger, mayBreak: boolean): Promise<void> {
  while (goOn()) {
    const [key, of] = anyOf(ledger.acknowledged) ?? [];
    if (key === undefined || of === undefined) {
      await tick();
      continue;
    }
    const { name, version } = of.manifest;
    for (const path of [name, `${name}/-/${name}-${version}.tgz`]) {
      const answer = await npm.send('GET', path).catch(nothing);
      if (answer === null && mayBreak) continue;
      if (answer?.status === 200 && holds(answer, path, of)) ledger.reads += 1;
      else ledger.failures.push(`GET ${path} for ${key}: ${describe(answer)}`);
    }
  }
}

function holds({ json, bytes }: WireAnswer, path: string, { manifest, tarball, integrity }: NpmPackage): boolean {
  if (path !== manifest.name) return bytes.equals(tarball);
  const versions = json?.['versions'] as Readonly<Record<string, { dist: { integrity: string } }>> | undefined;
  return versions?.[manifest.version]?.dist.integrity === integrity;
}

function anyOf<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  return [...map][Math.floor(Math.random() * map.size)];
}

const nothing = (): null => null;
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

function describe(answer: WireAnswer | null): string {
  return answer === null ? 'no answer' : `${answer.status} ${answer.bytes.toString().slice(0, 200)}`;
}
