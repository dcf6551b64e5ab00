import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type NpmPackage, npmPackage, type PublishLies } from '../../../test/harness/packages.ts';
import { type Loose, publish, shown } from '../../../test/npm/publish-registry.ts';

const scoped = await npmPackage({ name: '@s/pkg', version: '1.2.3-rc.1' });

function bundleOf(
  of: NpmPackage,
  change: (statement: Loose) => unknown = (statement) => statement,
): Record<string, unknown> {
  const { name, version } = of.manifest;
  const sha512 = createHash('sha512').update(of.tarball).digest('hex');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `pkg:npm/${name.replace('@', '%40')}@${version}`, digest: { sha512 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
  };
  const payload = Buffer.from(JSON.stringify(change(statement) ?? statement)).toString('base64');
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    dsseEnvelope: { payload, payloadType: 'application/vnd.in-toto+json', signatures: [] },
  };
}

function withBundle(of: NpmPackage, bundle: unknown): PublishLies {
  const data = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
  const attachment = { content_type: 'application/vnd.dev.sigstore.bundle.v0.3+json', data, length: data.length };
  return { attachments: { [`${of.manifest.name}-${of.manifest.version}.sigstore`]: attachment } };
}

describe('provenance', () => {
  test('is stored as a file, and advertised', async () => {
    const bundle = bundleOf(scoped);
    const { registry, answer, publication } = await publish(scoped, withBundle(scoped, bundle));
    expect(answer.status).toBe(201);
    expect(registry.stagings).toBe(2);
    const file = publication.files[1];
    expect(file).toMatchObject({ name: 'pkg-1.2.3-rc.1.sigstore', role: 'attestation' });
    expect(JSON.parse(String(file?.staged.bytes))).toEqual(bundle);
    expect(shown(publication.manifest)['dist'].attestations).toEqual({
      url: 'https://host/npm/-/npm/v1/attestations/@s/pkg@1.2.3-rc.1',
      provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['that is no JSON', '{', /no.* JSON object|not a JSON object/],
    [
      'of another tarball',
      bundleOf(scoped, (s) => {
        s.subject[0].digest.sha512 = 'a'.repeat(128);
      }),
      /another tarball/,
    ],
    [
      'without the digest',
      bundleOf(scoped, (s) => {
        s.subject[0].digest = {};
      }),
      /another tarball/,
    ],
    [
      'of another package',
      bundleOf(scoped, (s) => {
        s.subject[0].name = 'pkg:npm/pkg@1.0.0';
      }),
      /another package/,
    ],
    [
      'of two packages',
      bundleOf(scoped, (s) => {
        s.subject.push(s.subject[0]);
      }),
      /one subject/,
    ],
    [
      'without a subject',
      bundleOf(scoped, (s) => {
        delete s.subject;
      }),
      /one subject/,
    ],
    [
      'without a type',
      bundleOf(scoped, (s) => {
        delete s.predicateType;
      }),
      /predicateType/,
    ],
    ['whose statement is a list', bundleOf(scoped, () => []), /not a JSON object/],
    ['without a statement', { ...bundleOf(scoped), dsseEnvelope: { payload: 1 } }, /no signed statement/],
    ['of another media type', { ...bundleOf(scoped), mediaType: 'application/json' }, /media type/],
    ['that is endless', { ...bundleOf(scoped), x: 'x'.repeat(1024 * 1024) }, /1 MiB/],
  ])('%s is refused', async (_what, bundle, message) => {
    const { registry, answer } = await publish(scoped, withBundle(scoped, bundle));
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
    expect(registry.published).toEqual([]);
  });
});
