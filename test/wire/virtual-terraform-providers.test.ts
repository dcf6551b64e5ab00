/** Terraform providers through a virtual registry: registry protocol and network mirror, ours first, another's after. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import { providerArchive, publisher, type ReleaseFile, sumsFile } from '../harness/terraform-providers.ts';
import { gid } from '../harness/virtual.ts';
import { providerPath, terraformWire } from './terraform-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const at = virtualScene({ format: 'terraform_provider' });
const platforms = ['linux_amd64', 'darwin_arm64'];
const signer = publisher();
const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

interface Offered {
  readonly version: string;
  readonly publishedAt?: number;
  /** Fields of the platform's document that are told otherwise. */
  readonly lies?: Record<string, unknown>;
}

const type = (): string => `net${at.count}`;

/** Puts a provider into the upstream's registry; answers the files of its releases by name. */
function offer(namespace: string, versions: readonly Offered[]): Map<string, ReleaseFile> {
  const { upstream } = at;
  const base = `/providers/${namespace}/${type()}`;
  const files = new Map<string, ReleaseFile>();
  upstream.on('/.well-known/terraform.json', { 'providers.v1': '/providers/' });
  upstream.on(`${base}/versions`, {
    id: `${namespace}/${type()}`,
    versions: versions.map(({ version }) => ({
      version,
      protocols: ['6.0'],
      platforms: platforms.map((platform) => {
        const [os, arch] = platform.split('_');
        return { os, arch };
      }),
    })),
    warnings: null,
  });
  for (const { version, publishedAt, lies = {} } of versions) {
    const archives = platforms.map((platform) => providerArchive(type(), version, platform));
    const sums = sumsFile(type(), version, archives);
    const signature = signer.sign(sums);
    for (const file of [...archives, sums, signature]) {
      files.set(file.name, file);
      upstream.on(`/files/${version}/${file.name}`, file.body);
    }
    for (const [index, platform] of platforms.entries()) {
      const archive = archives[index];
      if (archive === undefined) continue;
      const [os = '', arch = ''] = platform.split('_');
      upstream.on(`${base}/${version}/download/${os}/${arch}`, {
        protocols: ['6.0'],
        os,
        arch,
        filename: archive.name,
        download_url: `${upstream.url}/files/${version}/${archive.name}`,
        shasums_url: `/files/${version}/${sums.name}`,
        shasums_signature_url: `${upstream.url}/files/${version}/${signature.name}`,
        shasum: digestOf(archive.body),
        signing_keys: {
          gpg_public_keys: [
            { key_id: signer.keyId, ascii_armor: signer.armored, source: 'them', source_url: upstream.url },
          ],
        },
        ...lies,
      });
    }
    if (publishedAt !== undefined)
      upstream.on(`${base}/${version}`, { published_at: new Date(publishedAt).toISOString() });
  }
  return files;
}

interface Package {
  readonly filename: string;
  readonly shasum: string;
  readonly download_url: string;
  readonly shasums_url: string;
  readonly shasums_signature_url: string;
  readonly protocols: readonly string[];
  readonly signing_keys: { readonly gpg_public_keys: readonly { key_id: string; ascii_armor: string }[] };
}

const v1 = (namespace: string, rest: string): string => `v1/${namespace}/${type()}/${rest}`;
const mirror = (host: string, rest: string): string => `mirror/${host}/elsewhere/${type()}/${rest}`;
const packageOf = (namespace: string, version: string, platform = 'linux/amd64'): Promise<Package> =>
  at.json(v1(namespace, `${version}/download/${platform}`));
const versionsOf = async (namespace: string): Promise<string[]> =>
  (await at.json<{ versions: { version: string }[] }>(v1(namespace, 'versions'))).versions.map(
    ({ version }) => version,
  );

/** What the address of a document gives to somebody without a credential. */
async function fetchFile(address: string): Promise<{ status: number; bytes: Buffer }> {
  const answer = await fetch(new URL(address, at.server.url));
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
}

test('versions, packages and their files come through us, unchanged and once', async () => {
  const files = offer('elsewhere', [{ version: '1.0.0' }, { version: '1.1.0' }]);
  expect(await versionsOf('elsewhere')).toEqual(['1.0.0', '1.1.0']);
  const found = await packageOf('elsewhere', '1.1.0');
  expect(JSON.stringify(found)).not.toContain(at.upstream.url);
  expect(found.signing_keys.gpg_public_keys[0]).toMatchObject({ key_id: signer.keyId, ascii_armor: signer.armored });
  expect(found.protocols).toEqual(['6.0']);
  const addresses = [found.download_url, found.shasums_url, found.shasums_signature_url];
  for (const address of [...addresses, ...addresses]) {
    const { status, bytes } = await fetchFile(address);
    const name = new URL(address, at.server.url).pathname.split('/').at(-1) ?? '';
    expect(status, bytes.toString()).toBe(200);
    expect(bytes.equals(files.get(name)?.body ?? Buffer.alloc(0)), name).toBe(true);
  }
  expect(found.shasum).toBe(digestOf(files.get(found.filename)?.body ?? Buffer.alloc(0)));
  expect(at.upstream.hits.get(`/files/1.1.0/${found.filename}`)).toBe(1);
  // What nobody asked for isn't fetched.
  expect(at.upstream.hits.get(`/files/1.1.0/${found.filename.replace('linux_amd64', 'darwin_arm64')}`)).toBeUndefined();
  for (const rest of ['9.0.0/download/linux/amd64', '1.1.0/download/plan9/amd64', '1.1.0/file/x.zip'])
    expect((await at.get(v1('elsewhere', rest))).status).toBe(404);
  expect((await fetchFile(`${new URL(found.download_url, at.server.url).pathname}?token=x`)).status).toBe(401);
  expect((await fetchFile(found.download_url.replace('1.1.0/file', '1.0.0/file'))).status).toBe(404);
});

test('the same as a network mirror, with the digests of every platform', async () => {
  const files = offer('elsewhere', [{ version: '1.0.0' }]);
  const host = new URL(at.upstream.url).hostname;
  expect(await at.json(mirror(host, 'index.json'))).toEqual({ versions: { '1.0.0': {} } });
  const { archives } = await at.json<{ archives: Record<string, { url: string; hashes: string[] }> }>(
    mirror(host, '1.0.0.json'),
  );
  expect(Object.keys(archives).toSorted()).toEqual(platforms.toSorted());
  for (const [platform, { url, hashes }] of Object.entries(archives)) {
    const { name, body } = providerArchive(type(), '1.0.0', platform);
    expect(hashes).toEqual([`zh:${digestOf(body)}`]);
    expect(url).not.toContain(at.upstream.url);
    expect((await fetchFile(url)).bytes.equals(files.get(name)?.body ?? Buffer.alloc(0))).toBe(true);
    expect((await fetchFile(url.replace(/\?.*/, '?token=x'))).status).toBe(401);
  }
  // A registry speaks for its own host.
  expect((await at.get(mirror('registry.example.org', 'index.json'))).status).toBe(404);
});

test('a mirror as the upstream: for any host, with its own hashes', async () => {
  const { upstream } = at;
  await at.renew([`${upstream.url}/mirror`]);
  const base = `/mirror/registry.example.org/elsewhere/${type()}`;
  const archive = providerArchive(type(), '1.0.0', 'linux_amd64');
  const h1 = `h1:${'A'.repeat(43)}=`;
  upstream.on(`${base}/index.json`, { versions: { '1.0.0': {}, nonsense: {} } });
  upstream.on(`${base}/1.0.0.json`, {
    archives: {
      linux_amd64: { url: 'some.zip', hashes: [h1, `zh:${digestOf(archive.body)}`] },
      darwin_arm64: { url: 'wrong.zip', hashes: [`zh:${digestOf(archive.body)}`] },
      windows_amd64: { url: 'unknown.zip' },
    },
  });
  upstream.on(`${base}/some.zip`, archive.body);
  upstream.on(`${base}/wrong.zip`, providerArchive(type(), '1.0.0', 'darwin_arm64').body);
  expect(await at.json(mirror('registry.example.org', 'index.json'))).toEqual({ versions: { '1.0.0': {} } });
  const { archives } = await at.json<{ archives: Record<string, { url: string; hashes: string[] }> }>(
    mirror('registry.example.org', '1.0.0.json'),
  );
  expect(Object.keys(archives)).toEqual(['linux_amd64', 'darwin_arm64']);
  expect(archives['linux_amd64']?.hashes).toEqual([h1, `zh:${digestOf(archive.body)}`]);
  expect((await fetchFile(archives['linux_amd64']?.url ?? '')).bytes.equals(archive.body)).toBe(true);
  expect((await fetchFile(archives['darwin_arm64']?.url ?? '')).status).toBe(502);
  expect((await at.get(v1('elsewhere', 'versions'))).status).toBe(404);
});

test('what begins with our group is ours, by registry and mirror; one from another host is not', async () => {
  const own = new URL(at.server.url).hostname;
  const wire = terraformWire(at.server);
  offer('acme', [{ version: '99.0.0' }]);
  offer('elsewhere', [{ version: '3.0.0' }]);
  expect((await at.get(v1('Acme', 'versions'))).status).toBe(404);
  expect((await at.get(`mirror/${own}/acme/${type()}/index.json`)).status).toBe(404);
  expect([...at.upstream.hits.keys()]).toEqual([]);
  for (const platform of platforms) {
    const { name, body } = providerArchive(type(), '1.0.0', platform);
    expect((await wire('PUT', providerPath(at.project, `${type()}/1.0.0/${name}`), { body })).status).toBe(201);
  }
  // A draft is nobody's.
  expect((await at.get(v1('acme', 'versions'))).status).toBe(200);
  expect(await versionsOf('acme')).toEqual([]);
  expect((await wire('POST', providerPath(at.project, `${type()}/1.0.0/release`))).status).toBe(201);
  expect(await versionsOf('acme')).toEqual(['1.0.0']);
  const found = await packageOf('acme', '1.0.0');
  for (const address of [found.download_url, found.shasums_url, found.shasums_signature_url])
    expect((await fetchFile(address)).status).toBe(200);
  const { archives } = await at.json<{ archives: Record<string, { url: string; hashes: string[] }> }>(
    `mirror/${own}/acme/${type()}/1.0.0.json`,
  );
  expect(archives['linux_amd64']?.hashes).toEqual([expect.stringMatching(/^h1:/), `zh:${found.shasum}`]);
  expect((await fetchFile(archives['linux_amd64']?.url ?? '')).status).toBe(200);
  expect(await versionsOf('elsewhere')).toEqual(['3.0.0']);
});

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

test('policy: rules with the host or without, ages from each version’s own document', async () => {
  const old = at.now - 48 * hour;
  offer('elsewhere', [
    { version: '1.0.0', publishedAt: old },
    { version: '1.1.0' },
    { version: '2.0.0', publishedAt: at.now - hour },
    { version: '3.0.0', publishedAt: old },
  ]);
  const host = new URL(at.upstream.url).hostname;
  const found = await packageOf('elsewhere', '2.0.0');
  const mirrored = async (): Promise<string[]> =>
    Object.keys((await at.json<{ versions: object }>(mirror(host, 'index.json'))).versions);
  for (const name of [`elsewhere/${type()}`, `${host}/elsewhere/*`]) {
    await at.changeUpstream({ rules: [{ kind: 'deny', name, version: '3.*' }] });
    expect(await versionsOf('elsewhere')).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    expect(await mirrored()).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    expect((await at.get(mirror(host, '3.0.0.json'))).status).toBe(403);
  }
  await at.change({ minimum_release_age_hours: 24 });
  expect(await versionsOf('elsewhere')).toEqual(['1.0.0']);
  expect(await mirrored()).toEqual(['1.0.0']);
  expect((await at.get(v1('elsewhere', '2.0.0/download/linux/amd64'))).text).toContain('24 hours old');
  // Also with an address from before.
  expect((await fetchFile(found.download_url)).status).toBe(404);
  expect((await fetchFile((await packageOf('elsewhere', '1.0.0')).download_url)).status).toBe(200);
  for (const address of [`elsewhere/${type()}`, `${host}/elsewhere/${type()}`]) {
    const why = `/virtual_registries/packages/terraform_provider/registries/${at.registry.id}/explain?package=${address}`;
    const told = JSON.stringify(await at.server.api('GET', why));
    for (const rule of ['release-age', 'unknown-date', 'deny']) expect(told).toContain(`"${rule}"`);
  }
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

test('warm answers when the upstream is down', async () => {
  offer('elsewhere', [{ version: '1.0.0' }, { version: '1.1.0' }]);
  const found = await packageOf('elsewhere', '1.0.0');
  for (const address of [found.download_url, found.shasums_url, found.shasums_signature_url]) await fetchFile(address);
  at.upstream.down();
  at.now += 48 * hour;
  const again = await packageOf('elsewhere', '1.0.0');
  for (const address of [again.download_url, again.shasums_url, again.shasums_signature_url])
    expect((await fetchFile(address)).status).toBe(200);
  expect((await at.get(v1('elsewhere', '1.1.0/download/linux/amd64'))).status).toBe(502);
});

test('another Packyard as the upstream: registry and mirror', async () => {
  const other = await startServer({ now: () => at.now });
  try {
    const group = await other.createGroup('elsewhere', 'private');
    const project = await other.createProject('elsewhere/app', 'private');
    const wire = terraformWire(other);
    for (const platform of platforms) {
      const { name, body } = providerArchive(type(), '1.0.0', platform);
      expect((await wire('PUT', providerPath(project, `${type()}/1.0.0/${name}`), { body })).status).toBe(201);
    }
    expect((await wire('POST', providerPath(project, `${type()}/1.0.0/release`))).status).toBe(201);
    const made = await other.createToken({
      kind: 'deploy',
      of: group,
      scopes: ['read_package_registry'],
      username: 'us',
    });
    const credentials = { username: made.username, password: made.token };
    await at.renew([{ url: other.url, ...credentials }]);
    const { body } = providerArchive(type(), '1.0.0', 'linux_amd64');
    const found = await packageOf('elsewhere', '1.0.0');
    expect(found.shasum).toBe(digestOf(body));
    expect((await fetchFile(found.download_url)).bytes.equals(body)).toBe(true);
    for (const address of [found.shasums_url, found.shasums_signature_url])
      expect((await fetchFile(address)).status).toBe(200);

    await at.renew([{ url: `${other.url}/api/v4/packages/terraform_provider/mirror`, ...credentials }]);
    // Under another name of ours, their host is somebody else's; its port doesn't count: Terraform tells mirrors none.
    const us = `${at.registry.url}/mirror/127.0.0.1`.replace('//127.0.0.1', '//localhost');
    const { archives } = await at.json<{ archives: Record<string, { url: string; hashes: string[] }> }>(
      `${us}/elsewhere/${type()}/1.0.0.json`,
    );
    expect(archives['linux_amd64']?.hashes).toEqual([expect.stringMatching(/^h1:/), `zh:${digestOf(body)}`]);
    expect((await fetchFile(archives['linux_amd64']?.url ?? '')).bytes.equals(body)).toBe(true);
  } finally {
    await other.stop();
  }
});

test('a member’s own copies of other registries’ providers, and the dependency proxy', async () => {
  const wire = terraformWire(at.server);
  const { name, body } = providerArchive(type(), '1.0.0', 'linux_amd64');
  const path = `mirror/registry.example.org/elsewhere/${type()}/1.0.0/${name}`;
  expect((await wire('PUT', providerPath(at.project, path), { body })).status).toBe(201);
  await at.renew([gid.project(at.project.id)]);
  const { archives } = await at.json<{ archives: Record<string, { url: string }> }>(
    mirror('registry.example.org', '1.0.0.json'),
  );
  expect((await fetchFile(archives['linux_amd64']?.url ?? '')).bytes.equals(body)).toBe(true);

  const files = offer('elsewhere', [{ version: '1.0.0' }]);
  const settings = `/projects/${at.project.id}/dependency_proxy/settings/terraform_provider`;
  await at.server.api('PUT', settings, { url: at.upstream.url });
  const proxy = `${at.server.url}/api/v4/projects/${at.project.id}/dependency_proxy/packages/terraform_provider`;
  const found = await at.json<Package>(`${proxy}/${v1('elsewhere', '1.0.0/download/linux/amd64')}`);
  const archive = await fetchFile(found.download_url);
  expect(archive.bytes.equals(files.get(found.filename)?.body ?? Buffer.alloc(0))).toBe(true);
});
