import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  npmPackage,
  packageOf,
  publishDocument,
  type NpmPackage,
  type PublishLies,
} from '../../../test/harness/packages.ts';
import { tarball } from '../../../test/harness/tarball.ts';
import { packageOf as storedPackage } from '../../../test/npm/fake-registry.ts';
import { PublishRegistry, sendPut } from '../../../test/npm/publish-registry.ts';
import type { Publication } from '../../registry/model.ts';
import { withMountLinks } from './mount-links.ts';
import { revOf } from './revisions.ts';

/** Whatever JSON may be. */
type Loose = ReturnType<typeof JSON.parse>;

const pkg = await npmPackage({ name: 'pkg' });
const scoped = await npmPackage({ name: '@s/pkg', version: '1.2.3-rc.1' });

async function publish(of: NpmPackage, lies: PublishLies = {}, change: (body: Loose) => unknown = (body) => body) {
  const registry = new PublishRegistry();
  const answer = await sendPut(registry, of.manifest.name, change(publishDocument(of, lies)));
  return { registry, answer, publication: registry.published[0] as Publication };
}

function stored(text: string | null | undefined) {
  return JSON.parse(withMountLinks(text as string, 'https://host/npm'));
}

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

describe('a publish', () => {
  test("stores the tarball and a manifest whose facts are the server's", async () => {
    const { registry, answer, publication } = await publish(scoped, {
      manifest: {
        ...scoped.manifest,
        deprecated: 'no',
        maintainers: [{ name: 'mallory' }],
        _npmUser: { name: 'mallory' },
        _integrity: 'x',
        integrity: 'x',
        shasum: 'x',
        exports: { '.': './index.js' },
        custom: { kept: true },
        keywords: ['a', 7, 'b'],
      },
    });
    expect(answer).toEqual({
      status: 201,
      body: { ok: true, success: true, id: '@s/pkg', rev: revOf({ id: 3, revision: 8 }) },
    });
    expect(publication).toMatchObject({
      name: { key: '@s/pkg', display: '@s/pkg', namespace: 's' },
      version: { key: '1.2.3-rc.1', display: '1.2.3-rc.1' },
      readme: '# @s/pkg\n',
      description: 'Package @s/pkg',
      keywords: ['a', 'b'],
      tags: ['latest'],
      tagsIfUnset: [],
      ifVersionExists: 'refuse',
      status: 'default',
    });
    expect(publication.files.map(({ name, role, uniqueKey }) => ({ name, role, uniqueKey }))).toEqual([
      { name: 'pkg-1.2.3-rc.1.tgz', role: 'archive', uniqueKey: 'pkg-1.2.3-rc.1.tgz' },
    ]);
    expect(publication.files[0]?.staged.bytes).toEqual(scoped.tarball);
    const { dist, ...manifest } = stored(publication.manifest);
    expect(manifest).toEqual({
      ...scoped.manifest,
      _id: '@s/pkg@1.2.3-rc.1',
      _nodeVersion: '20.20.2',
      _npmVersion: '11.19.1',
      readmeFilename: 'README.md',
      exports: { '.': './index.js' },
      custom: { kept: true },
      keywords: ['a', 7, 'b'],
    });
    expect(dist).toEqual({
      integrity: scoped.integrity,
      shasum: scoped.shasum,
      tarball: 'https://host/npm/@s/pkg/-/pkg-1.2.3-rc.1.tgz',
      fileCount: 3,
      unpackedSize: expect.any(Number),
      signatures: [{ keyid: 'SHA256:key', sig: 'signature' }],
    });
    expect(registry.signed).toEqual([`@s/pkg@1.2.3-rc.1:${scoped.integrity}`]);
    expect(stored(publication.summary)).toEqual({ name: '@s/pkg', version: '1.2.3-rc.1', dist });
  });

  test('keeps in the summary what an install needs', async () => {
    const manifest = {
      dependencies: { a: '^1' },
      optionalDependencies: { b: '^1' },
      devDependencies: { c: '^1' },
      bundledDependencies: ['a'],
      peerDependencies: { d: '^1' },
      peerDependenciesMeta: { d: { optional: true } },
      bin: { pkg: './index.js' },
      engines: { node: '>=1' },
      os: ['linux'],
      cpu: ['x64'],
      libc: ['glibc'],
      funding: { url: 'https://f' },
      scripts: { postinstall: 'node x', test: 'node y' },
      repository: 'dropped',
    };
    const { publication } = await publish(await npmPackage({ name: 'pkg', manifest }));
    const { scripts, repository, bundledDependencies, ...kept } = manifest;
    const { dist, ...summary } = stored(publication.summary);
    expect(summary).toEqual({
      name: 'pkg',
      version: '1.0.0',
      ...kept,
      bundleDependencies: bundledDependencies,
      hasInstallScript: true,
    });
    expect(dist).toBeDefined();
    expect(stored(publication.manifest)).toMatchObject({ scripts, repository });
  });

  test('of something with binding.gyp needs a build, whatever its scripts say', async () => {
    const built = await npmPackage({ name: 'pkg', files: { 'binding.gyp': '{}' } });
    expect(stored((await publish(built)).publication.summary)['hasInstallScript']).toBe(true);
    const told = await npmPackage({ name: 'pkg', files: { 'binding.gyp': '{}' }, manifest: { gypfile: false } });
    expect(stored((await publish(told)).publication.summary)).not.toHaveProperty('hasInstallScript');
  });

  test('under another tag sets latest only where there is none', async () => {
    const { publication } = await publish(pkg, { tag: 'next' });
    expect([publication.tags, publication.tagsIfUnset]).toEqual([['next'], ['latest']]);
  });

  test('works in any pieces, any order of keys, and from disk', async () => {
    const body = publishDocument(pkg);
    const reversed = Object.fromEntries(Object.entries(body).reverse());
    for (const [document, pieceSize, spills] of [
      [body, 7, false],
      [reversed, 100, false],
      [JSON.stringify(reversed, null, 2), 65_536, true],
    ] as const) {
      const registry = new PublishRegistry();
      registry.spills = spills;
      expect((await sendPut(registry, 'pkg', document, { pieceSize })).status).toBe(201);
      expect(registry.published).toHaveLength(1);
      expect(registry.stagings).toBe(1);
    }
  });

  test.each([
    ['with a build number', '1.0.0+build.5', '1.0.0'],
    ['with a v', 'v1.0.0', '1.0.0'],
  ])('of a version %s is one of the version without', async (_what, version, clean) => {
    const { answer, publication } = await publish(await npmPackage({ name: 'pkg', version }));
    expect(answer.status).toBe(201);
    expect(publication.version).toEqual({ key: clean, display: clean });
    expect(stored(publication.manifest)).toMatchObject({ version: clean, _id: `pkg@${clean}` });
    expect(publication.files[0]?.name).toBe(`pkg-${clean}.tgz`);
  });

  test("takes the readme from beside the manifest, shortens it, and knows npm's word for none", async () => {
    const readmeOf = async (readme: unknown, beside: unknown) =>
      (await publish(pkg, { manifest: { readme } }, (body) => ({ ...body, readme: beside }))).publication.readme;
    expect(await readmeOf(undefined, '# Beside')).toBe('# Beside');
    expect(await readmeOf('ERROR: No README data found!', undefined)).toBeNull();
    expect(await readmeOf({}, [])).toBeNull();
    expect(await readmeOf(`a\0\ud800${'é'.repeat(200_000)}`, undefined)).toHaveLength(128 * 1024 - 2);
  });

  test('keeps keys that would poison objects inert', async () => {
    const text = JSON.stringify(publishDocument(pkg)).replace(
      '"license":',
      '"__proto__":{"polluted":1},"scripts":{"__proto__":"x"},"license":',
    );
    const registry = new PublishRegistry();
    expect((await sendPut(registry, 'pkg', text)).status).toBe(201);
    expect(registry.published[0]?.manifest).toContain('"scripts":{"__proto__":"x"}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each(['@s/__proto__', '@s/constructor', 'constructor', 'then', 'http', '@s/node_modules'])(
    'works for a package called %s',
    async (name) => {
      const { answer, publication } = await publish(await npmPackage({ name }));
      expect(answer).toMatchObject({ status: 201, body: { id: name } });
      expect(stored(publication.manifest)['name']).toBe(name);
    },
  );
});

describe('a publish is refused, with nothing stored,', () => {
  const manifest = (change: Record<string, unknown>): PublishLies => ({ manifest: change });
  const sha384 = `sha384-${createHash('sha384').update(pkg.tarball).digest('base64')}`;
  const other = Buffer.from(pkg.tarball).reverse();

  test.each<[string, number, RegExp, PublishLies, ((body: Loose) => unknown)?]>([
    ['when the shasum differs', 400, /sha1.*dist\.shasum/, { shasum: 'a'.repeat(40), integrity: '' }],
    ['when the integrity differs', 400, /sha512.*dist\.integrity/, { integrity: `sha512-${'A'.repeat(86)}==` }],
    ['when other bytes come', 400, /dist\.integrity/, { tarball: other }],
    ['when both promise different things', 400, /two different/, { integrity: `sha1-${'A'.repeat(27)}=` }],
    ['when only an unknown algorithm is promised', 400, /must have a sha512/, { integrity: sha384 }],
    ['when the integrity is junk', 400, /must be like/, { integrity: 'junk' }],
    ['when the integrity is short', 400, /wrong length/, { integrity: 'sha512-AAAA' }],
    ['when the shasum is junk', 400, /SHA-1 in hex/, { shasum: 'junk' }],
    ['when the length differs', 400, /says 5/, { length: 5 }],
    ['when the length is junk', 400, /size in bytes/, { length: -1 }],
    ['when the tarball is empty', 400, /^Attachment data is empty\.$/, { tarball: Buffer.alloc(0) }],
    ['when the attachment is no tgz', 400, /"\.tgz"/, { attachment: 'pkg-1.0.0.zip' }],
    ['when the body names another package', 400, /name in the URL: pkg/, {}, (body) => ({ ...body, name: 'other' })],
    ['when the manifest names another package', 400, /name in the URL: pkg/, manifest({ name: 'other' })],
    ['when the manifest has another version', 400, /must be its key/, manifest({ version: '2.0.0' })],
    ['when there is no version', 400, /^Version is empty\.$/, {}, (body) => ({ ...body, versions: {} })],
    [
      'when there are two versions',
      400,
      /one version at a time/,
      {},
      (body) => ({ ...body, versions: { ...body.versions, '2.0.0': {} } }),
    ],
    [
      'when the manifest is no object',
      400,
      /must be an object/,
      {},
      (body) => ({ ...body, versions: { '1.0.0': 'x' } }),
    ],
    ['when versions is no object', 400, /"versions" must be an object/, {}, (body) => ({ ...body, versions: ['x'] })],
    ['when dist is no object', 400, /"dist" must be an object/, manifest({ dist: 'x' })],
    ['when a tag is a range', 400, /SemVer range: "1\.x"/, { tag: '1.x' }],
    ['when a tag does not fit a URL', 400, /may only have/, { tag: 'a/b' }],
    [
      'when a tag points elsewhere',
      400,
      /must point to the published version/,
      {},
      (body) => ({ ...body, 'dist-tags': { latest: '9.9.9' } }),
    ],
    [
      'when the data is no base64',
      400,
      /not base64/,
      {},
      (body) => {
        body._attachments['pkg-1.0.0.tgz'].data = '!!!!';
        return body;
      },
    ],
    [
      'when the data is missing',
      400,
      /^Attachment data is empty\.$/,
      {},
      (body) => {
        delete body._attachments['pkg-1.0.0.tgz'].data;
        return body;
      },
    ],
    [
      'when the data is a number',
      400,
      /^Attachment data is empty\.$/,
      {},
      (body) => {
        body._attachments['pkg-1.0.0.tgz'].data = 1;
        return body;
      },
    ],
    [
      'when two tarballs come',
      400,
      /one tarball/,
      {},
      (body) => ({ ...body, _attachments: { ...body._attachments, 'b.tgz': { data: '' } } }),
    ],
    [
      'when an attachment is no object',
      400,
      /must be objects/,
      {},
      (body) => ({ ...body, _attachments: { ...body._attachments, b: 1 } }),
    ],
    [
      'when the manifest is endless',
      400,
      /^Validation failed: Package json structure is too large/,
      manifest({ exports: 'x'.repeat(1024 * 1024) }),
    ],
    [
      'when the rest of the body is endless',
      413,
      /beside the tarball/,
      {},
      (body) => ({ ...body, readme: 'x'.repeat(17 * 1024 * 1024) }),
    ],
    [
      'when the manifest nests deeply',
      400,
      /^Invalid json: it nests deeper/,
      {},
      (body) => JSON.stringify(body).replace('"MIT"', `${'['.repeat(99)}${']'.repeat(99)}`),
    ],
    ['when the body is cut off', 400, /^Invalid json/, {}, (body) => JSON.stringify(body).slice(0, -2)],
    ['when the body is no object', 400, /^Invalid json/, {}, () => '[]'],
    [
      'when the name occurs twice',
      400,
      /occurs twice/,
      {},
      (body) => JSON.stringify(body).replace('"_id":"pkg",', '"name":"other",'),
    ],
    [
      'when the version occurs twice',
      400,
      /occurs twice/,
      {},
      (body) => JSON.stringify(body).replace('"license":', '"version":"9.9.9","license":'),
    ],
    [
      'when the attachments occur twice',
      400,
      /occurs twice/,
      {},
      (body) => JSON.stringify(body).replace('"access":', '"_attachments":{},"access":'),
    ],
  ])('%s', async (_what, status, message, lies, change) => {
    const { registry, answer } = await publish(pkg, lies, change);
    expect(answer).toMatchObject({
      status,
      body: { error: expect.stringMatching(message), message: expect.any(String) },
    });
    expect(registry.published).toEqual([]);
  });

  test.each([
    ['1.0'],
    ['01.2.3'],
    ['1.0.0-01'],
    ['latest'],
    ['=1.0.0'],
    ['1.0.0 '],
    ['__proto__'],
    [`1.0.0-${'a'.repeat(300)}`],
  ])('for the version %j', async (version) => {
    const { registry, answer } = await publish(pkg, { manifest: { version } }, (body) => {
      const text = JSON.stringify(body);
      return text.replaceAll('"1.0.0"', JSON.stringify(version));
    });
    const reason = 'Validation failed: Version should follow SemVer: https://semver.org';
    expect(answer).toEqual({ status: 400, body: { message: reason, error: reason } });
    expect(registry.published).toEqual([]);
  });

  test.each([
    'Upper',
    '.dot',
    '_under',
    '-dash',
    'a b',
    'a~b',
    "a'b",
    'a%2fb',
    '@s/.dot',
    '@s',
    's/pkg',
    '@S/pkg',
    '@s/a/b',
    '@s/-',
    '@./a',
    'node_modules',
    'favicon.ico',
    '__proto__',
    'ünï',
    '\ud800',
    '',
    'a'.repeat(215),
    'a+b',
  ])('for the name %j', async (name) => {
    const { registry, answer } = await publish({ ...pkg, manifest: { ...pkg.manifest, name } });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/^Validation failed: Name should be a valid NPM package name: https/);
    expect(answer.body['message']).toBe(answer.body['error']);
    expect(registry.stagings).toBe(0);
  });

  test('for a version that exists, in the words of GitLab and of npm', async () => {
    const registry = new PublishRegistry();
    registry.known = ['pkg@1.0.0'];
    const reason = 'Package already exists. You cannot publish over the previously published versions: 1.0.0.';
    expect(await sendPut(registry, 'pkg', publishDocument(pkg))).toEqual({
      status: 403,
      body: { message: reason, error: reason },
    });
  });

  test('for a tarball over the limit, while it is still coming', async () => {
    const registry = new PublishRegistry();
    registry.maxSize = 100;
    expect(await sendPut(registry, 'pkg', publishDocument(pkg))).toEqual({
      status: 400,
      body: { message: 'File is too large.', error: 'File is too large.' },
    });
  });

  test('with a Content-Encoding, and under a revision', async () => {
    const registry = new PublishRegistry();
    const gzipped = await sendPut(registry, 'pkg', publishDocument(pkg), { headers: { 'content-encoding': 'gzip' } });
    expect(gzipped.status).toBe(415);
    const revised = await sendPut(registry, 'pkg', publishDocument(pkg), { rev: '1-abc' });
    expect(revised).toMatchObject({ status: 400, body: { error: expect.stringContaining('-rev') } });
    expect(registry.published).toEqual([]);
  });
});

describe('the archive', () => {
  const entry = (name: string, content = '{"name":"pkg","version":"1.0.0"}') => ({ name, content });
  test.each([
    ['no package.json', [entry('package/index.js')], /package\.json not found/],
    ['one too deep', [entry('package/lib/package.json')], /package\.json not found/],
    ['one that is no JSON', [entry('package/package.json', '{')], /not valid JSON/],
    ['one that is no object', [entry('package/package.json', '[]')], /not an object/],
    [
      'one in capitals beside',
      [entry('package/package.json'), entry('package/Package.JSON')],
      /take for package\.json/,
    ],
    [
      'one with a Kelvin sign',
      [entry('package/package.json'), entry('package/pac\u212aage.json')],
      /take for package\.json/,
    ],
    ['two that differ', [entry('package/package.json'), entry('b/package.json', '{}')], /differ/],
    ['a path that leaves', [entry('package/package.json'), entry('package/../../x')], /leaves its folder/],
  ])('with %s is refused', async (_what, entries, message) => {
    const { registry, answer } = await publish(packageOf(pkg.manifest, await tarball(entries)));
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
    expect(registry.published).toEqual([]);
  });

  test('may have any folder, and a byte order mark', async () => {
    const { description, license, main, ...bare } = pkg.manifest;
    const archive = await tarball([entry('any/package.json', `\ufeff${JSON.stringify(pkg.manifest)}`)]);
    expect((await publish(packageOf(pkg.manifest, archive))).answer.status).toBe(201);
    expect([description, license, main, bare.name]).toEqual(['Package pkg', 'MIT', 'index.js', 'pkg']);
  });

  test('must agree with the manifest', async () => {
    const { answer } = await publish(pkg, { manifest: { dependencies: { evil: '1' } } });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/^Package manifest is not coherent: "dependencies" \(evil\)/);
  });
});

describe('provenance', () => {
  test('is stored as a file, and advertised', async () => {
    const bundle = bundleOf(scoped);
    const { registry, answer, publication } = await publish(scoped, withBundle(scoped, bundle));
    expect(answer.status).toBe(201);
    expect(registry.stagings).toBe(2);
    const file = publication.files[1];
    expect(file).toMatchObject({ name: 'pkg-1.2.3-rc.1.sigstore', role: 'attestation' });
    expect(JSON.parse(String(file?.staged.bytes))).toEqual(bundle);
    expect(stored(publication.manifest)['dist'].attestations).toEqual({
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

describe('a PUT without a tarball', () => {
  async function writes(body: unknown, rev?: string) {
    const registry = new PublishRegistry();
    registry.packages.set('pkg', storedPackage('pkg', ['1.0.0', '1.1.0']));
    const answer = await sendPut(registry, 'pkg', body, rev === undefined ? {} : { rev });
    return { answer, writes: registry.writes.map(([method]) => method) };
  }
  const rev = revOf({ id: 3, revision: 7 });
  const whole = { name: 'pkg', versions: { '1.0.0': {}, '1.1.0': {} } };

  test.each<[string, unknown, string | undefined, string[]]>([
    [
      'deprecates',
      { ...whole, _attachments: {}, versions: { '1.0.0': { deprecated: 'x' } } },
      undefined,
      ['setStandings'],
    ],
    [
      'deprecates despite stubs',
      { versions: { '1.0.0': { deprecated: 'x' } }, _attachments: { 'pkg-1.0.0.tgz': { stub: true } } },
      undefined,
      ['setStandings'],
    ],
    ['stars', { _id: 'pkg', _rev: rev, users: { alice: true } }, undefined, ['setStar']],
    ['changes owners', { _id: 'pkg', _rev: rev, maintainers: [{ name: 'bob' }] }, rev, ['setMaintainers']],
    ['unpublishes', { versions: { '1.0.0': {} } }, rev, ['removeVersions']],
  ])('%s', async (_what, body, atRev, methods) => {
    const { answer, writes: written } = await writes(body, atRev);
    expect(answer.status).toBeLessThan(300);
    expect(written).toEqual(methods);
  });

  test('that means nothing is refused', async () => {
    for (const body of [{}, { name: 'pkg' }, { _attachments: {} }]) {
      expect(await writes(body)).toMatchObject({ answer: { status: 400 }, writes: [] });
    }
  });
});
