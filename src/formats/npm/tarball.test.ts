import { expect, test } from 'vitest';
import { base, origin } from '../../../test/npm/call.ts';
import { FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';
import type { FormatRequest } from '../format.ts';
import { getTarball } from './tarball.ts';
import { getVersionManifest } from './version-manifest.ts';

function request(params: Record<string, string>): FormatRequest {
  return { method: 'GET', params, query: new URLSearchParams(), headers: {}, base, origin } as unknown as FormatRequest;
}

class Files extends FakeRegistry {
  readonly asked: unknown[] = [];
  override async file(...asked: Parameters<FakeRegistry['file']>) {
    this.asked.push(asked);
    return { id: 1 } as Awaited<ReturnType<FakeRegistry['file']>>;
  }
}

test.each([
  ['pkg', 'pkg-1.0.0.tgz', '1.0.0'],
  ['pkg', 'pkg-1.0.0-rc.1.tgz', '1.0.0-rc.1'],
  ['@s/pkg', 'pkg-1.0.0.tgz', '1.0.0'],
  ['@s/pkg', '@s/pkg-1.0.0.tgz', '1.0.0'],
  ['foo-1', 'foo-1-2.0.0.tgz', '2.0.0'],
])('the tarball of %s by %s', async (name, file, version) => {
  const registry = new Files();
  const reply = await getTarball(request({ name, file }), registry);
  const fileName = file.replace('@s/', '');
  expect(registry.asked).toEqual([[expect.objectContaining({ key: name }), { versionKey: version, fileName }]]);
  expect(reply).toMatchObject({ mediaType: 'application/octet-stream', downloadName: fileName, mutable: false });
});

test.each([
  ['pkg', 'pkg-1.0.0.sigstore'],
  ['pkg', 'pkg-1.0.tgz'],
  ['pkg', 'pkg-v1.0.0.tgz'],
  ['pkg', 'pkg-1.0.0+b.tgz'],
  ['pkg', 'other-1.0.0.tgz'],
  ['pkg', '@s/pkg-1.0.0.tgz'],
  ['@s/pkg', '@t/pkg-1.0.0.tgz'],
  ['pkg', ''],
])('is not found for %s by %s', async (name, file) => {
  await expect(getTarball(request({ name, file }), new Files())).rejects.toMatchObject({ code: 'file-not-found' });
});

test('one version or tag gives its manifest', async () => {
  const registry = new FakeRegistry();
  const change = (version: string) => ({
    fragment: `{"name":"pkg","version":"${version}","dist":{"tarball":"\\u002fx"}}`,
  });
  const tags = new Map([['next', '2.0.0']]);
  registry.packages.set('pkg', packageOf('pkg', ['1.0.0', '2.0.0'], { change, tags }));
  const get = async (version: string) => {
    const reply = await getVersionManifest(request({ name: 'pkg', version }), registry);
    return JSON.parse((reply as { body: string }).body);
  };
  expect(await get('1.0.0')).toMatchObject({
    version: '1.0.0',
    dist: { tarball: `${base}/x` },
    _npmUser: { name: 'alice' },
  });
  expect(await get('v1.0.0+b')).toMatchObject({ version: '1.0.0' });
  expect(await get('next')).toMatchObject({ version: '2.0.0' });
  expect(await get('latest')).toMatchObject({ version: '2.0.0' });
  for (const version of ['3.0.0', 'beta', '__proto__', 'constructor', '^1']) {
    await expect(get(version)).rejects.toMatchObject({ code: 'version-not-found' });
  }
  await expect(getVersionManifest(request({ name: 'x', version: '1.0.0' }), registry)).rejects.toMatchObject({
    code: 'package-not-found',
  });
});
