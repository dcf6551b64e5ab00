/** NuGet through a virtual registry: a project of ours first, another V3 source after it. */
import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { hour, type SceneAnswer, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'nuget', at: '/v3/index.json' });
let id: string;

beforeEach(() => {
  id = `Thing${scene.count}`;
});

const get = (path: string): Promise<SceneAnswer> => scene.get(path);

const bytesOf = (version: string): Buffer => Buffer.from(`PK ${id} ${version}`);

interface Offered {
  readonly version: string;
  readonly at?: number;
}

/** Puts versions into the upstream; `paged` leaves them out of the index. */
function offer(versions: readonly Offered[], { paged = false } = {}): void {
  const { url } = scene.upstream;
  const lower = id.toLowerCase();
  scene.upstream.on('/v3/index.json', {
    version: '3.0.0',
    resources: [
      { '@id': `${url}/flat`, '@type': 'PackageBaseAddress/3.0.0' },
      { '@id': `${url}/plain/`, '@type': 'RegistrationsBaseUrl' },
      { '@id': `${url}/semver2/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
    ],
  });
  const leaves = versions.map(({ version, at = scene.now - 48 * hour }) => {
    const file = `/flat/${lower}/${version}/${lower}.${version}.nupkg`;
    scene.upstream.on(file, bytesOf(version));
    scene.upstream.on(`/catalog/${lower}.${version}.json`, {
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
  scene.upstream.on(`/semver2/${lower}/index.json`, { count: 1, items: [paged ? page : { ...page, items: leaves }] });
  if (paged) scene.upstream.on(`/semver2/${lower}/page.json`, { ...page, items: leaves });
  scene.upstream.on(`/flat/${lower}/index.json`, { versions: versions.map(({ version }) => version) });
}

const filePath = (version: string): string =>
  `download/${id.toLowerCase()}/${version}/${id.toLowerCase()}.${version}.nupkg`;
const versions = async (): Promise<string[]> =>
  (await scene.json<{ versions: string[] }>(`download/${id.toLowerCase()}/index.json`)).versions;

test.each([false, true])('versions, registrations and packages come through us (pages apart: %s)', async (paged) => {
  offer([{ version: '1.0.0' }, { version: '1.1.0-beta' }], { paged });
  expect(await versions()).toEqual(['1.0.0', '1.1.0-beta']);
  const text = JSON.stringify(await scene.json(`metadata-semver2/${id.toLowerCase()}/index.json`));
  expect(text).toContain(`${scene.registry.url}/${filePath('1.0.0')}`);
  expect(text).not.toContain(scene.upstream.url);
  for (let times = 0; times < 2; times += 1) {
    expect((await get(filePath('1.0.0'))).text).toBe(bytesOf('1.0.0').toString());
  }
  expect(scene.upstream.hits.get(`/flat/${id.toLowerCase()}/1.0.0/${id.toLowerCase()}.1.0.0.nupkg`)).toBe(1);
  expect((await get(filePath('9.0.0'))).status).toBe(404);
});

test('a source is named by its folder, too', async () => {
  await scene.renew([`${scene.upstream.url}/v3`]);
  offer([{ version: '1.0.0' }]);
  expect(await versions()).toEqual(['1.0.0']);
});

test('a source without service index, a page that is missing, and other bytes are 502', async () => {
  expect((await get(filePath('1.0.0'))).status).toBe(502);
  offer([{ version: '1.0.0' }], { paged: true });
  scene.upstream.on(`/semver2/${id.toLowerCase()}/page.json`, (_request, response) => {
    response.writeHead(404).end();
  });
  scene.now += hour;
  expect((await get(`metadata-semver2/${id.toLowerCase()}/index.json`)).status).toBe(502);
  id = `${id}x`;
  offer([{ version: '1.0.0' }]);
  scene.upstream.on(
    `/flat/${id.toLowerCase()}/1.0.0/${id.toLowerCase()}.1.0.0.nupkg`,
    Buffer.from('PK something else'),
  );
  expect((await get(filePath('1.0.0'))).status).toBe(502);
});

test('warm answers when the upstream is down', async () => {
  offer([{ version: '1.0.0' }]);
  await versions();
  await get(filePath('1.0.0'));
  scene.upstream.down();
  scene.now += 48 * hour;
  expect(await versions()).toEqual(['1.0.0']);
  expect((await get(filePath('1.0.0'))).status).toBe(200);
  expect((await get('download/never-asked/index.json')).status).toBe(502);
});

test('young versions are hidden in every document and as files', async () => {
  await scene.change({
    minimum_release_age_hours: 24,
  });
  offer([{ version: '1.0.0' }, { version: '2.0.0', at: scene.now - hour }]);
  expect(await versions()).toEqual(['1.0.0']);
  expect(JSON.stringify(await scene.json(`metadata/${id.toLowerCase()}/index.json`))).not.toContain('2.0.0');
  expect((await get(filePath('1.0.0'))).status).toBe(200);
  expect((await get(filePath('2.0.0'))).status).toBe(403);
});

test('a rule means an id in any case, in every document and as a file', async () => {
  await scene.changeUpstream({
    rules: [{ kind: 'deny', name: id, version: '2.0.0-BETA' }],
  });
  offer([{ version: '1.0.0' }, { version: '2.0.0-beta' }]);
  expect(await versions()).toEqual(['1.0.0']);
  expect(JSON.stringify(await scene.json(`metadata-semver2/${id.toLowerCase()}/index.json`))).not.toContain(
    '2.0.0-beta',
  );
  expect((await get(filePath('2.0.0-beta'))).status).toBe(403);
  expect((await get(filePath('1.0.0'))).status).toBe(200);
});
