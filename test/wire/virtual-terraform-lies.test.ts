/** Provider registries that lie, archives that are wrong, and clients that ask strange things, through a virtual registry. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { providerArchive } from '../harness/terraform-providers.ts';
import { digestOf, providersOf } from './providers-elsewhere.ts';
import { hostileTexts } from './terraform-wire.ts';
import { virtualScene } from './virtual-scene.ts';

const at = virtualScene({ format: 'terraform_provider' });
const { type, v1, offer, packageOf, fetchFile } = providersOf(at);

describe('an upstream that lies', () => {
  test.each([
    ['about the digest of an archive', { shasum: '0'.repeat(64) }],
    ['about where an archive is: an internal address', { download_url: 'http://127.0.0.1:9/x.zip' }],
    ['about where an archive is: another site', { download_url: 'https://files.example.com/x.zip' }],
    ['with a page for an archive', { download_url: '/page' }],
    ['with a redirect inside', { download_url: '/redirect' }],
  ])('%s', async (_what, lies) => {
    offer('elsewhere', [{ version: '1.0.0', lies }]);
    at.upstream.on('/page', '<!doctype html><title>Sign in</title> and so on and so on');
    at.upstream.on('/redirect', (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/x.zip' }).end();
    });
    const { download_url: address } = await packageOf('elsewhere', '1.0.0');
    expect((await fetchFile(address)).status).toBe(502);
    expect((await fetchFile(address)).status).toBe(502);
    expect((await at.entries()).map(({ relative_path: path }) => path).join()).not.toContain('.zip');
  });

  test.each([
    ['with a page for the sums', { shasums_url: '/page' }, 502],
    ['with an internal address for the sums', { shasums_url: 'http://169.254.169.254/latest' }, 502],
    ['without sums', { shasums_url: undefined }, 502],
    ['without a digest', { shasum: 'none' }, 502],
  ])('%s', async (_what, lies, status) => {
    offer('elsewhere', [{ version: '1.0.0', lies }]);
    at.upstream.on('/page', '<!doctype html><title>Sign in</title> and so on and so on');
    expect((await at.get(v1('elsewhere', '1.0.0/download/linux/amd64'))).status).toBe(status);
  });

  test('with another signature: a page is refused, whoever’s it is the client tells', async () => {
    offer('elsewhere', [{ version: '1.0.0', lies: { shasums_signature_url: '/page' } }]);
    at.upstream.on('/page', '<!doctype html><title>Sign in</title> and so on and so on');
    const { shasums_signature_url: address } = await packageOf('elsewhere', '1.0.0');
    expect((await fetchFile(address)).status).toBe(502);
  });

  test('with an archive under another name is told so', async () => {
    offer('elsewhere', [{ version: '1.0.0', lies: { filename: 'other.zip' } }]);
    const { download_url: address } = await packageOf('elsewhere', '1.0.0');
    const { status, bytes } = await fetchFile(address);
    expect(status).toBe(501);
    expect(bytes.toString()).toContain('other.zip');
  });

  test.each(['<!doctype html>', '{}', '[]'])('with %s for its versions is 502', async (nonsense) => {
    offer('elsewhere', [{ version: '1.0.0' }]);
    at.upstream.on(`/providers/elsewhere/${type()}/versions`, nonsense);
    expect((await at.get(v1('elsewhere', 'versions'))).status).toBe(502);
  });
});

test('a large archive is read along while it comes, and never whole when it is wrong', async () => {
  const files = offer('elsewhere', [{ version: '1.0.0' }]);
  const address = async (platform: string): Promise<string> =>
    (await packageOf('elsewhere', '1.0.0', platform)).download_url;
  const name = (platform: string): string => `terraform-provider-${type()}_1.0.0_${platform}.zip`;
  const right = providerArchive(type(), '1.0.0', 'linux_amd64', randomBytes(2 ** 21).toString('base64'));
  const wrong = Buffer.concat([right.body.subarray(0, 2 ** 20), randomBytes(2 ** 20)]);
  for (const [platform, sent] of [
    ['linux_amd64', right.body],
    ['darwin_arm64', wrong],
  ] as const) {
    const [os = '', arch = ''] = platform.split('_');
    const file = name(platform);
    at.upstream.on(`/files/1.0.0/${file}`, (_request, response) => {
      response.writeHead(200, { 'content-length': String(sent.length) }).end(sent);
    });
    at.upstream.on(`/providers/elsewhere/${type()}/1.0.0/download/${os}/${arch}`, {
      filename: file,
      download_url: `/files/1.0.0/${file}`,
      shasums_url: `/files/1.0.0/terraform-provider-${type()}_1.0.0_SHA256SUMS`,
      shasums_signature_url: `/files/1.0.0/terraform-provider-${type()}_1.0.0_SHA256SUMS.sig`,
      shasum: digestOf(right.body),
    });
  }
  expect(files.size).toBe(4);
  const url = new URL(await address('linux/amd64'), at.server.url);
  const asked = await fetch(url, { method: 'HEAD' });
  expect([asked.status, asked.headers.get('content-length')]).toEqual([200, String(right.body.length)]);
  const { bytes } = await fetchFile(url.href);
  expect(bytes.equals(right.body)).toBe(true);
  const broken = await fetch(new URL(await address('darwin/arm64'), at.server.url));
  if (broken.status === 200) await expect(broken.arrayBuffer()).rejects.toThrow();
  else expect(broken.status).toBe(502);
});

test('hostile addresses are no 500, and ask nobody elsewhere', async () => {
  for (const text of hostileTexts) {
    const part = encodeURIComponent(text);
    for (const path of [
      `v1/${part}/net/versions`,
      `v1/elsewhere/${part}/versions`,
      `v1/elsewhere/net/${part}/download/linux/amd64`,
      `v1/elsewhere/net/1.0.0/file/${part}`,
      `v1/elsewhere/net/1.0.0/file/${part}?token=${part}`,
      `mirror/${part}/elsewhere/net/index.json`,
      `mirror/registry.example.org/${part}/net/index.json`,
      `mirror/registry.example.org/elsewhere/${part}/index.json`,
      `mirror/registry.example.org/elsewhere/net/${part}.json`,
      `mirror/registry.example.org/elsewhere/net/1.0.0/${part}`,
    ])
      expect([400, 401, 404, 405], path).toContain((await at.get(path)).status);
  }
  const asked = [...at.upstream.hits.keys()].filter(
    (path) => !/^\/(?:\.well-known|registry\.example\.org\/elsewhere\/net\/)/.test(path),
  );
  expect(asked).toEqual([]);
});
