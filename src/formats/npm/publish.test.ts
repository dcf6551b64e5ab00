import { describe, expect, test } from 'vitest';
import { npmPackage, publishDocument } from '../../../test/harness/packages.ts';
import { publish, PublishRegistry, sendPut, shown } from '../../../test/npm/publish-registry.ts';
import { revOf } from './revisions.ts';

const pkg = await npmPackage({ name: 'pkg' });
const scoped = await npmPackage({ name: '@s/pkg', version: '1.2.3-rc.1' });

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
    const { dist, ...manifest } = shown(publication.manifest);
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
    expect(shown(publication.summary)).toEqual({ name: '@s/pkg', version: '1.2.3-rc.1', dist });
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
    const { dist, ...summary } = shown(publication.summary);
    expect(summary).toEqual({
      name: 'pkg',
      version: '1.0.0',
      ...kept,
      bundleDependencies: bundledDependencies,
      hasInstallScript: true,
    });
    expect(dist).toBeDefined();
    expect(shown(publication.manifest)).toMatchObject({ scripts, repository });
  });

  test('of something with binding.gyp needs a build, whatever its scripts say', async () => {
    const built = await npmPackage({ name: 'pkg', files: { 'binding.gyp': '{}' } });
    expect(shown((await publish(built)).publication.summary)['hasInstallScript']).toBe(true);
    const told = await npmPackage({ name: 'pkg', files: { 'binding.gyp': '{}' }, manifest: { gypfile: false } });
    expect(shown((await publish(told)).publication.summary)).not.toHaveProperty('hasInstallScript');
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
    expect(shown(publication.manifest)).toMatchObject({ version: clean, _id: `pkg@${clean}` });
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
      expect(shown(publication.manifest)['name']).toBe(name);
    },
  );
});
