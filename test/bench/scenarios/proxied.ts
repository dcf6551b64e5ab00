/** What comes from elsewhere and is here by now, beside the same that was published here: it shall cost no more. */
import type { Bench } from '../bench.ts';
import { type BenchVersion, versionsOf } from '../packages.ts';
import { addUpstreamPackage } from '../peers/upstream-packages.ts';
import type { Peer } from '../peers/peer.ts';
import { documentHeaders } from '../requests.ts';
import { type Fact, fact } from '../results.ts';
import { measureReads, type Read } from './measure-reads.ts';
import type { Scenario } from './scenario.ts';

interface Kind {
  readonly name: string;
  readonly about: string;
  /** The package that was published here; the other's name has `up-` in front. */
  readonly of: 'small' | 'large' | 'tarball-20k';
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers behind a proxy are made anew each time: what installs of many packages cost, that ask for each once. */
const anew = { 'x-forwarded-proto': 'http' };

const kinds: readonly Kind[] = [
  { name: 'proxied-npm', about: 'packument of 3 versions, as npm asks', of: 'small', headers: {} },
  { name: 'proxied-npm-anew', about: 'the same, each answer made anew', of: 'small', headers: anew },
  { name: 'proxied-large-anew', about: 'packument of 1,000 versions, made anew', of: 'large', headers: anew },
  { name: 'proxied-tgz', about: 'tarball of 20 KB', of: 'tarball-20k', headers: {} },
  { name: 'proxied-tgz-anew', about: 'the same, each answer made anew', of: 'tarball-20k', headers: anew },
];

const added = new WeakMap<Bench, Map<string, Promise<readonly BenchVersion[]>>>();

/** The package's versions, once the upstream has it. */
function upstreamVersions(bench: Bench, of: Kind['of']): Promise<readonly BenchVersion[]> {
  const known = added.get(bench) ?? new Map<string, Promise<readonly BenchVersion[]>>();
  added.set(bench, known);
  const versions = known.get(of) ?? add(bench, of);
  known.set(of, versions);
  return versions;
}

const contents: Readonly<Record<Kind['of'], Parameters<typeof versionsOf>[1]>> = {
  small: { count: 3 },
  large: { count: 1_000 },
  'tarball-20k': { count: 1, fileSize: 20_000 },
};

async function add({ nginx }: Bench, of: Kind['of']): Promise<readonly BenchVersion[]> {
  const versions = await versionsOf(`up-${of}`, contents[of]);
  await addUpstreamPackage(nginx, versions);
  return versions;
}

export const proxiedScenarios: readonly Scenario[] = kinds.map((kind) => ({
  name: kind.name,
  about: `${kind.about}: published here, and from another registry`,
  run: async (bench) => {
    const local = await bench.fixtures.get(kind.of);
    const proxied = await upstreamVersions(bench, kind.of);
    // The other registry is asked once, before anything is measured.
    bench.nginx.process.resume();
    const here = await measureReads(bench, readOf(bench, kind, local, 'local'));
    const there = await measureReads(bench, readOf(bench, kind, proxied, 'proxied'));
    bench.nginx.process.pause();
    return [...named(here, 'local'), ...named(there, 'proxied'), ...ratios(kind, here, there)];
  },
}));

function readOf(bench: Bench, kind: Kind, versions: readonly BenchVersion[], where: 'local' | 'proxied'): Read {
  const [version] = versions;
  if (version === undefined) throw new Error(`${kind.of} has no version`);
  const isTarball = kind.of === 'tarball-20k';
  const { integrity } = version.packed;
  return {
    name: kind.name,
    peers: bench.registries,
    connections: 16,
    expect: isTarball ? { sha512: integrity.slice('sha512-'.length) } : { encoding: 'gzip', versions: versions.length },
    target: (peer) => {
      const url = isTarball ? peer.tarballUrl(version) : peer.packumentUrl(version.name, 'abbreviated');
      const { authorization } = peer;
      const headers = isTarball
        ? { authorization: authorization ?? '' }
        : documentHeaders({ form: 'abbreviated', encoding: 'gzip', authorization });
      return {
        url: where === 'proxied' ? proxiedUrl(bench, peer, url) : url,
        headers: { ...headers, ...kind.headers },
      };
    },
  };
}

/** Verdaccio has one URL for both. */
function proxiedUrl({ packyard }: Bench, peer: Peer, url: string): string {
  return peer.id === 'packyard' ? url.replace(/^.*\/npm\//, `${packyard.virtualUrl}/`) : url;
}

function named(facts: readonly Fact[], where: string): Fact[] {
  return facts.map((each) => ({ ...each, what: `${each.what}, ${where}` }));
}

/** More than 1 = what is proxied costs less. */
function ratios({ name }: Kind, here: readonly Fact[], there: readonly Fact[]): Fact[] {
  return here.flatMap((local, index) => {
    const proxied = there[index];
    if (proxied === undefined || local.what === 'p99') return [];
    const of = Object.entries(local.of).map(([peer, value]) => {
      const other = proxied.of[peer as keyof Fact['of']] ?? Number.NaN;
      return [peer, [local.better === 'more' ? other / value : value / other]];
    });
    const shape = { scenario: name, what: `${local.what}: proxied to local`, unit: '', better: 'more' } as const;
    return [fact(shape, Object.fromEntries(of) as Fact['all'])];
  });
}
