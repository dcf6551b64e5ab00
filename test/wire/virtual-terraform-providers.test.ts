/** Terraform providers through a virtual registry: registry protocol and network mirror, ours first, another's after. */
import { expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import { providerArchive } from '../harness/terraform-providers.ts';
import { gid } from '../harness/virtual.ts';
import {
  digestOf,
  platforms,
  providersOf,
  signer,
  type ToldArchives,
  type ToldPackage,
} from './providers-elsewhere.ts';
import { providerPath, terraformWire } from './terraform-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const at = virtualScene({ format: 'terraform_provider' });
const { type, v1, mirror, offer, packageOf, versionsOf, fetchFile } = providersOf(at);

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
  const { archives } = await at.json<ToldArchives>(mirror(host, '1.0.0.json'));
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
  const { archives } = await at.json<ToldArchives>(mirror('registry.example.org', '1.0.0.json'));
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
  const { archives } = await at.json<ToldArchives>(`mirror/${own}/acme/${type()}/1.0.0.json`);
  expect(archives['linux_amd64']?.hashes).toEqual([expect.stringMatching(/^h1:/), `zh:${found.shasum}`]);
  expect((await fetchFile(archives['linux_amd64']?.url ?? '')).status).toBe(200);
  expect(await versionsOf('elsewhere')).toEqual(['3.0.0']);
});

test('a file of ours is not asked of a mirror either, however our host is written', async () => {
  const { host, hostname } = new URL(at.server.url);
  await at.renew([`${at.upstream.url}/mirror`]);
  const { name } = providerArchive(type(), '1.0.0', 'linux_amd64');
  for (const own of [host, hostname, `${hostname}:80`, host.toUpperCase()]) {
    for (const file of ['index.json', '1.0.0.json', `1.0.0/${name}`]) {
      expect((await at.get(`mirror/${own}/acme/${type()}/${file}`)).status).toBe(404);
    }
  }
  expect([...at.upstream.hits.keys()]).toEqual([]);
  await at.get(`mirror/other.example/acme/${type()}/index.json`);
  expect(at.upstream.hits.size).toBeGreaterThan(0);
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
    const { archives } = await at.json<ToldArchives>(`${us}/elsewhere/${type()}/1.0.0.json`);
    expect(archives['linux_amd64']?.hashes).toEqual([expect.stringMatching(/^h1:/), `zh:${digestOf(body)}`]);
    expect((await fetchFile(new URL(archives['linux_amd64']?.url ?? '', us).href)).bytes.equals(body)).toBe(true);
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
  const { archives } = await at.json<ToldArchives>(mirror('registry.example.org', '1.0.0.json'));
  expect((await fetchFile(archives['linux_amd64']?.url ?? '')).bytes.equals(body)).toBe(true);

  // What the group has a copy of, it is content with, until the name is shared.
  await at.renew([gid.project(at.project.id), `${at.upstream.url}/mirror`]);
  at.upstream.on(`/mirror/registry.example.org/elsewhere/${type()}/index.json`, { versions: { '2.0.0': {} } });
  const index = mirror('registry.example.org', 'index.json');
  expect(await at.json(index)).toEqual({ versions: { '1.0.0': {} } });
  expect([...at.upstream.hits.keys()]).toEqual([]);
  await at.change({ shared_names: ['registry.example.org/*'] });
  expect(await at.json(index)).toEqual({ versions: { '1.0.0': {}, '2.0.0': {} } });

  const files = offer('elsewhere', [{ version: '1.0.0' }]);
  const settings = `/projects/${at.project.id}/dependency_proxy/settings/terraform_provider`;
  await at.server.api('PUT', settings, { url: at.upstream.url });
  const proxy = `${at.server.url}/api/v4/projects/${at.project.id}/dependency_proxy/packages/terraform_provider`;
  const found = await at.json<ToldPackage>(`${proxy}/${v1('elsewhere', '1.0.0/download/linux/amd64')}`);
  const archive = await fetchFile(found.download_url);
  expect(archive.bytes.equals(files.get(found.filename)?.body ?? Buffer.alloc(0))).toBe(true);
});
