/** Symbols that come while their package is being removed. */
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callerOf } from '../../src/access/authenticate.ts';
import type { FormatRequest, RegistryPort } from '../../src/formats/format.ts';
import { nuget } from '../../src/formats/nuget/index.ts';
import { push } from '../../src/formats/nuget/push.ts';
import { pushSymbols } from '../../src/formats/nuget/symbol-push.ts';
import type { BoundRegistry } from '../../src/registry/port.ts';
import { openBench } from '../harness/bound-registry.ts';
import { type Catalogue, newYear, openCatalogue } from '../harness/catalogue.ts';
import { nupkg, portablePdb } from '../nuget/nupkg.ts';

const name = { key: 'lib', display: 'Lib', namespace: null };

let catalogue: Catalogue;
let registry: BoundRegistry;

beforeEach(async () => {
  catalogue = await openCatalogue();
  const root = callerOf(await catalogue.user('root', { isAdmin: true }));
  await catalogue.group('acme', 'public');
  const mount = { scope: 'project', project: await catalogue.project('acme/app', 'public') } as const;
  registry = openBench(catalogue.db, () => newYear).at(mount, root, nuget);
});
afterEach(() => catalogue.close());

const sent = (body: Buffer): FormatRequest =>
  ({ headers: {}, params: {}, body: () => Readable.from([body], { objectMode: false }) }) as unknown as FormatRequest;

/** The same registry, with something that others do between the look at it and the publish. */
function interrupted(meanwhile: () => Promise<void>): RegistryPort {
  return new Proxy<RegistryPort>(registry, {
    get(target, property) {
      if (property === 'publish') return async (of: never) => meanwhile().then(() => target.publish(of));
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('symbols bring no removed version back: it would be listed, and could not be restored', async () => {
  await push(sent(nupkg({ id: 'Lib', version: '1.0.0' })), registry);
  await push(sent(nupkg({ id: 'Lib', version: '1.1.0' })), registry);
  const metadata = '<packageTypes><packageType name="SymbolsPackage"/></packageTypes>';
  const files = { 'lib/a.pdb': portablePdb(Buffer.alloc(16, 1)) };
  const symbols = sent(nupkg({ id: 'Lib', version: '1.1.0', metadata, files }));
  const removal = (): Promise<void> => registry.removeVersions(name, ['1.1.0'], {});
  await expect(pushSymbols(symbols, interrupted(removal))).rejects.toMatchObject({ code: 'version-not-found' });
  const left = await registry.package(name, 'summary');
  expect(left?.versions.map(({ key }) => key)).toEqual(['1.0.0']);
});
