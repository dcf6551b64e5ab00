import type { FixtureName } from '../fixtures.ts';
import { measureReads } from './measure-reads.ts';
import type { Scenario } from './scenario.ts';

function tarballScenario(name: string, about: string, of: FixtureName, connections: number): Scenario {
  return {
    name,
    about,
    run: async (bench) => {
      const [version] = await bench.fixtures.get(of);
      if (version === undefined) throw new Error(`${of} has no version`);
      return measureReads(bench, {
        name,
        peers: bench.peers,
        connections,
        memory: connections < 16,
        expect: { sha512: version.packed.integrity.slice('sha512-'.length) },
        target: (peer) => ({
          url: peer.tarballUrl(version),
          headers: peer.authorization === null ? {} : { authorization: peer.authorization },
        }),
      });
    },
  };
}

export const tarballScenarios: readonly Scenario[] = [
  tarballScenario('tgz-20k', 'tarball of 20 KB', 'tarball-20k', 16),
  tarballScenario('tgz-20m', 'tarball of 20 MB, over 4 connections', 'tarball-20m', 4),
];
