import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';

const url = '/-/npm/v1/attestations';

function bundleOf(statement: unknown): string {
  const payload = Buffer.from(typeof statement === 'string' ? statement : JSON.stringify(statement)).toString('base64');
  return JSON.stringify({ mediaType: 'm', dsseEnvelope: { payload, signatures: [] } });
}

function registryWith(bundle: string): FakeRegistry {
  const registry = new FakeRegistry();
  for (const name of ['pkg', '@s/pkg']) {
    registry.packages.set(name, packageOf(name, ['1.0.0', '2.0.0']));
    registry.files.set(`${name} 1.0.0 pkg-1.0.0.sigstore attestation`, Buffer.from(bundle));
  }
  return registry;
}

const statement = { predicateType: 'https://slsa.dev/provenance/v1', subject: [] };

test.each(['pkg@1.0.0', '@s/pkg@1.0.0', '@s%2fpkg@1.0.0', '%40s%2Fpkg%401.0.0'])(
  'serves the bundle of %s',
  async (spec) => {
    const bundle = bundleOf(statement);
    expect((await call(registryWith(bundle), 'GET', `${url}/${spec}`)).body).toEqual({
      attestations: [{ predicateType: 'https://slsa.dev/provenance/v1', bundle: JSON.parse(bundle) }],
    });
  },
);

test('the type is the statement’s', async () => {
  const registry = registryWith(bundleOf({ predicateType: 'https://example.com/other' }));
  expect((await call(registry, 'GET', `${url}/pkg@1.0.0`)).body).toMatchObject({
    attestations: [{ predicateType: 'https://example.com/other' }],
  });
});

test.each(['pkg@2.0.0', 'pkg@9.0.0', 'pkg', '@s/pkg', 'nope@1.0.0', '@1.0.0', 'pkg@', 'constructor@__proto__'])(
  '%s has none',
  async (spec) => {
    expect((await call(registryWith(bundleOf(statement)), 'GET', `${url}/${spec}`)).status).toBe(404);
  },
);

test.each(['', '[]', 'null', '{', bundleOf('no JSON'), bundleOf('null')])(
  'a stored file that is no bundle is no error: %j',
  async (text) => {
    expect((await call(registryWith(text), 'GET', `${url}/pkg@1.0.0`)).status).toBe(404);
  },
);

test('is read with the package', () => {
  expect(needsOf('GET', `${url}/@s/pkg@1.0.0`)).toBe('read');
});
