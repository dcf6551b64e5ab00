import type { FixtureName } from '../fixtures.ts';
import type { Form } from '../peers/peer.ts';
import { documentHeaders } from '../requests.ts';
import { measureReads } from './measure-reads.ts';
import type { Scenario } from './scenario.ts';

interface PackumentRead {
  readonly name: string;
  readonly about: string;
  readonly of: FixtureName;
  readonly form: Form;
  readonly encoding: 'gzip' | null;
  readonly conditional?: boolean;
  /** Without a token, where none is needed. */
  readonly anonymous?: boolean;
  /** The same files again would tell nothing new of nginx. */
  readonly withoutNginx?: boolean;
}

const reads: readonly PackumentRead[] = [
  { name: 'small-npm', about: '3 versions, as npm asks', of: 'small', form: 'abbreviated', encoding: 'gzip' },
  { name: 'small-full', about: '3 versions, in full', of: 'small', form: 'full', encoding: 'gzip' },
  {
    name: 'small-anonymous',
    about: '3 versions in a public project, without a token',
    of: 'open-small',
    form: 'abbreviated',
    encoding: 'gzip',
    anonymous: true,
    withoutNginx: true,
  },
  {
    name: 'small-auth',
    about: 'the same public project, with a token',
    of: 'open-small',
    form: 'abbreviated',
    encoding: 'gzip',
    withoutNginx: true,
  },
  {
    name: 'small-304',
    about: '3 versions, unchanged since the client asked last',
    of: 'small',
    form: 'abbreviated',
    encoding: 'gzip',
    conditional: true,
  },
  { name: 'large-npm', about: '1,000 versions, as npm asks', of: 'large', form: 'abbreviated', encoding: 'gzip' },
  {
    name: 'large-full',
    about: '1,000 versions, in full and not compressed',
    of: 'large',
    form: 'full',
    encoding: null,
  },
  {
    name: 'large-304',
    about: '1,000 versions, unchanged since the client asked last',
    of: 'large',
    form: 'abbreviated',
    encoding: 'gzip',
    conditional: true,
  },
];

export const packumentScenarios: readonly Scenario[] = reads.map((read) => ({
  name: read.name,
  about: `packument of ${read.about}`,
  run: async (bench) => {
    const versions = await bench.fixtures.get(read.of);
    return measureReads(bench, {
      name: read.name,
      peers: read.withoutNginx === true ? bench.registries : bench.peers,
      connections: 16,
      conditional: read.conditional ?? false,
      expect: { encoding: read.encoding, versions: versions.length },
      target: (peer) => ({
        url: peer.packumentUrl(read.of, read.form),
        headers: documentHeaders({ ...read, authorization: read.anonymous === true ? null : peer.authorization }),
      }),
    });
  },
}));
