import { describe, expect, test } from 'vitest';
import type { Name } from '../../registry/model.ts';
import type { UpstreamRequest, UpstreamSteps } from '../upstream-protocol.ts';
import { abbreviatedPackument, fullPackument } from './packument-kinds.ts';
import { npmUpstream } from './upstream.ts';

const name: Name = { key: '@acme/lace', display: '@acme/lace', namespace: 'acme' };
const head = { url: 'https://up.example/x', mediaType: 'application/json', headers: {} };
const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;

function packument(dist: Record<string, unknown>, of = name.key): string {
  return JSON.stringify({
    name: of,
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { name: of, version: '1.0.0', dist: { tarball: 'https://up.example/t.tgz', ...dist } } },
    time: { '1.0.0': '2020-01-01T00:00:00.000Z' },
  });
}

/** The first request, and what the steps make of an answer to it. */
function walk<T>(steps: UpstreamSteps<T>, text: string | null): { request: UpstreamRequest; result: T } {
  const first = steps.next();
  if (first.done === true) throw new Error('nothing was asked');
  const last = steps.next(text === null ? null : first.value.read(text, head));
  if (last.done !== true) throw new Error('more was asked');
  return { request: first.value, result: last.value };
}

describe('documents', () => {
  test.each([
    [abbreviatedPackument, false, 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'],
    [abbreviatedPackument, true, 'application/json'],
    [fullPackument, false, 'application/json'],
  ])('%# asks for the form that has what is needed', (kind, dates, accept) => {
    const { request, result } = walk(npmUpstream.document({ kind, name, dates }), packument({ integrity }));
    expect(request).toMatchObject({ path: '@acme%2flace', accept });
    expect(kind.versions(result as never)).toEqual([
      expect.objectContaining({ version: '1.0.0', publishedAt: Date.UTC(2020, 0, 1) }),
    ]);
  });

  test('absent', () => {
    expect(walk(npmUpstream.document({ kind: fullPackument, name, dates: false }), null).result).toBeNull();
  });

  test('one of another name is nonsense', () => {
    const steps = npmUpstream.document({ kind: fullPackument, name, dates: false });
    expect(() => walk(steps, packument({ integrity }, 'other'))).toThrow(
      expect.objectContaining({ code: 'invalid-json' }),
    );
  });
});

describe('files', () => {
  const wanted = { name, versionKey: '1.0.0', fileName: 'lace-1.0.0.tgz', role: null, sha256: null, dates: false };

  test('the tarball where the document says, with the digests that it says', () => {
    const { request, result } = walk(npmUpstream.file(wanted), packument({ integrity, shasum: 'A'.repeat(40) }));
    expect(request.alternatives).toEqual([{ path: '@acme%2flace', accept: 'application/json' }]);
    expect(result).toEqual({
      name,
      version: '1.0.0',
      license: null,
      publishedAt: Date.UTC(2020, 0, 1),
      path: 'https://up.example/t.tgz',
      digests: { sha512: Buffer.alloc(64, 7).toString('hex'), sha1: 'a'.repeat(40) },
      looksLike: 'gzip',
    });
  });

  test.each([
    ['no digest', {}],
    ['an empty one', { integrity: '', shasum: '' }],
    ['one of no length', { integrity: 'sha512-' }],
    ['none that is computed', { integrity: 'sha384-AAAA' }],
    ['no URL', { integrity, tarball: 7 }],
  ])('%s: there is no such file', (_what, dist) => {
    expect(walk(npmUpstream.file(wanted), packument(dist)).result).toBeNull();
  });

  test.each([
    { versionKey: '2.0.0', fileName: 'lace-2.0.0.tgz' },
    { fileName: 'other-1.0.0.tgz' },
    { role: 'attestation', fileName: 'lace-1.0.0.sigstore' },
  ])('%j is not there', (other) => {
    expect(walk(npmUpstream.file({ ...wanted, ...other }), packument({ integrity })).result).toBeNull();
  });

  test.each(['constructor', '__proto__'])('a version called %s is none', (versionKey) => {
    const steps = npmUpstream.file({ ...wanted, versionKey, fileName: `lace-${versionKey}.tgz` });
    expect(walk(steps, packument({ integrity })).result).toBeNull();
  });
});

describe('names by their beginning', () => {
  const namesBelow = (beginning: string): { path: string; names: unknown } => {
    const text = {
      objects: [{ package: { name: '@acme/lib' } }, { package: { name: 'acme-x' } }, { package: 7 }, null],
    };
    const { request, result } = walk(npmUpstream.namesBelow(beginning), JSON.stringify(text));
    return { path: request.path, names: result };
  };

  test('of a scope, and of names without one', () => {
    expect(namesBelow('@acme/')).toEqual({ path: '-/v1/search?text=scope%3Aacme&size=50', names: ['@acme/lib'] });
    expect(namesBelow('acme-')).toEqual({ path: '-/v1/search?text=acme-&size=50', names: ['acme-x'] });
  });
});
