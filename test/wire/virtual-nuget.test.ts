/** NuGet through a virtual registry: a project of ours first, another V3 source after it. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';

const hour = 3_600_000;
let server: TestServer;
let now = Date.now();
let group: TestGroup;
let project: TestProject;
let upstream: FakeUpstream;
let registry: TestRegistry;
let id: string;
let count = 0;

beforeAll(async () => {
  server = await startServer({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  group = await server.createGroup('acme', 'public');
  project = await server.createProject('acme/app', 'private');
});
afterAll(() => server.stop());

beforeEach(async () => {
  count += 1;
  id = `Thing${count}`;
  upstream = await fakeUpstream();
  await useUpstream(`${upstream.url}/v3/index.json`);
  return () => upstream.close();
});

async function useUpstream(url: string): Promise<void> {
  if (registry !== undefined)
    await server.api('DELETE', `/virtual_registries/packages/nuget/registries/${registry.id}`).catch(() => null);
  registry = await createRegistry(server, group, 'nuget', [gid.project(project.id), { url }]);
}

const bytesOf = (version: string): Buffer => Buffer.from(`PK ${id} ${version}`);

interface Offered {
  readonly version: string;
  readonly at?: number;
}

/** Puts versions into the upstream; `paged` leaves them out of the index. */
function offer(versions: readonly Offered[], { paged = false } = {}): void {
  const { url } = upstream;
  const lower = id.toLowerCase();
  upstream.on('/v3/index.json', {
    version: '3.0.0',
    resources: [
      { '@id': `${url}/flat`, '@type': 'PackageBaseAddress/3.0.0' },
      { '@id': `${url}/plain/`, '@type': 'RegistrationsBaseUrl' },
      { '@id': `${url}/semver2/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
    ],
  });
  const leaves = versions.map(({ version, at = now - 48 * hour }) => {
    const file = `/flat/${lower}/${version}/${lower}.${version}.nupkg`;
    upstream.on(file, bytesOf(version));
    upstream.on(`/catalog/${lower}.${version}.json`, {
      packageHash: createHash('sha512').update(bytesOf(version)).digest('base64'),
      packageHashAlgorithm: 'SHA512',
    });
    const catalogEntry = {
      '@id': `${url}/catalog/${lower}.${version}.json`,
      id,
      version,
      authors: 'somebody',
      description: 'A thing',
      iconUrl: `${url}/flat/${lower}/${version}/icon`,
      published: new Date(at).toISOString(),
    };
    return { '@id': `${url}/x`, catalogEntry, packageContent: `${url}${file}` };
  });
  const page = { '@id': `${url}/semver2/${lower}/page.json`, count: leaves.length, lower: '0.0.0', upper: '9.9.9' };
  upstream.on(`/semver2/${lower}/index.json`, { count: 1, items: [paged ? page : { ...page, items: leaves }] });
  if (paged) upstream.on(`/semver2/${lower}/page.json`, { ...page, items: leaves });
  upstream.on(`/flat/${lower}/index.json`, { versions: versions.map(({ version }) => version) });
}

async function get(path: string) {
  const response = await fetch(`${registry.url}/${path}`, { headers: { 'private-token': server.rootToken } });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function json<T>(path: string): Promise<T> {
  const { status, bytes } = await get(path);
  expect(status, bytes.toString()).toBe(200);
  return JSON.parse(bytes.toString()) as T;
}

const filePath = (version: string): string =>
  `download/${id.toLowerCase()}/${version}/${id.toLowerCase()}.${version}.nupkg`;
const versions = async (): Promise<string[]> =>
  (await json<{ versions: string[] }>(`download/${id.toLowerCase()}/index.json`)).versions;

test.each([false, true])('versions, registrations and packages come through us (pages apart: %s)', async (paged) => {
  offer([{ version: '1.0.0' }, { version: '1.1.0-beta' }], { paged });
  expect(await versions()).toEqual(['1.0.0', '1.1.0-beta']);
  const text = JSON.stringify(await json(`metadata-semver2/${id.toLowerCase()}/index.json`));
  expect(text).toContain(`${registry.url}/${filePath('1.0.0')}`);
  expect(text).not.toContain(upstream.url);
  for (let times = 0; times < 2; times += 1) {
    expect((await get(filePath('1.0.0'))).bytes.toString()).toBe(bytesOf('1.0.0').toString());
  }
  expect(upstream.hits.get(`/flat/${id.toLowerCase()}/1.0.0/${id.toLowerCase()}.1.0.0.nupkg`)).toBe(1);
  expect((await get(filePath('9.0.0'))).status).toBe(404);
});

test('a source is named by its folder, too', async () => {
  await useUpstream(`${upstream.url}/v3`);
  offer([{ version: '1.0.0' }]);
  expect(await versions()).toEqual(['1.0.0']);
});

test('a source without service index, a page that is missing, and other bytes are 502', async () => {
  expect((await get(filePath('1.0.0'))).status).toBe(502);
  offer([{ version: '1.0.0' }], { paged: true });
  upstream.on(`/semver2/${id.toLowerCase()}/page.json`, (_request, response) => {
    response.writeHead(404).end();
  });
  now += hour;
  expect((await get(`metadata-semver2/${id.toLowerCase()}/index.json`)).status).toBe(502);
  id = `${id}x`;
  offer([{ version: '1.0.0' }]);
  upstream.on(`/flat/${id.toLowerCase()}/1.0.0/${id.toLowerCase()}.1.0.0.nupkg`, Buffer.from('PK something else'));
  expect((await get(filePath('1.0.0'))).status).toBe(502);
});

test('warm answers when the upstream is down', async () => {
  offer([{ version: '1.0.0' }]);
  await versions();
  await get(filePath('1.0.0'));
  upstream.down();
  now += 48 * hour;
  expect(await versions()).toEqual(['1.0.0']);
  expect((await get(filePath('1.0.0'))).status).toBe(200);
  expect((await get('download/never-asked/index.json')).status).toBe(502);
});

test('young versions are hidden in every document and as files', async () => {
  await server.api('PATCH', `/virtual_registries/packages/nuget/registries/${registry.id}`, {
    minimum_release_age_hours: 24,
  });
  offer([{ version: '1.0.0' }, { version: '2.0.0', at: now - hour }]);
  expect(await versions()).toEqual(['1.0.0']);
  expect(JSON.stringify(await json(`metadata/${id.toLowerCase()}/index.json`))).not.toContain('2.0.0');
  expect((await get(filePath('1.0.0'))).status).toBe(200);
  expect((await get(filePath('2.0.0'))).status).toBe(403);
});

test('a rule means an id in any case, in every document and as a file', async () => {
  await server.api('PATCH', `/virtual_registries/packages/nuget/upstreams/${registry.upstreams[1]?.id}`, {
    rules: [{ kind: 'deny', name: id, version: '2.0.0-BETA' }],
  });
  offer([{ version: '1.0.0' }, { version: '2.0.0-beta' }]);
  expect(await versions()).toEqual(['1.0.0']);
  expect(JSON.stringify(await json(`metadata-semver2/${id.toLowerCase()}/index.json`))).not.toContain('2.0.0-beta');
  expect((await get(filePath('2.0.0-beta'))).status).toBe(403);
  expect((await get(filePath('1.0.0'))).status).toBe(200);
});
