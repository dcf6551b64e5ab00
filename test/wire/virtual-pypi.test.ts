/** PyPI through a virtual registry: a project of ours first, another index after it. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { zip } from '../harness/zip.ts';
import { hour, type SceneAnswer, virtualScene } from './virtual-scene.ts';

const jsonType = 'application/vnd.pypi.simple.v1+json';
const scene = virtualScene({ format: 'pypi', at: '/simple' });
let name: string;

beforeEach(() => {
  name = `thing${scene.count}`;
});

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

interface Wheel {
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly metadata: string;
}

function wheelOf(version: string): Wheel {
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
  const folder = `${name}-${version}.dist-info`;
  const bytes = zip([
    { name: `${name}.py`, body: '' },
    { name: `${folder}/METADATA`, body: metadata },
    { name: `${folder}/WHEEL`, body: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n' },
    { name: `${folder}/RECORD`, body: `${name}.py,,\n${folder}/METADATA,,\n${folder}/WHEEL,,\n${folder}/RECORD,,\n` },
  ]);
  return { fileName: `${name}-${version}-py3-none-any.whl`, bytes, metadata };
}

/** Puts wheels and their page into the upstream. */
function offer(
  wheels: readonly (Wheel & { readonly at?: number | null })[],
  change: Record<string, unknown> = {},
): void {
  const files = wheels.map(({ fileName, bytes, metadata, at = scene.now - 48 * hour }) => {
    scene.upstream.on(`/packages/${fileName}`, bytes);
    scene.upstream.on(`/packages/${fileName}.metadata`, metadata);
    return {
      filename: fileName,
      url: `../../packages/${fileName}`,
      hashes: { sha256: sha256(bytes) },
      size: bytes.length,
      'core-metadata': { sha256: sha256(metadata) },
      ...(at === null ? {} : { 'upload-time': new Date(at).toISOString() }),
      ...change,
    };
  });
  const page = { meta: { 'api-version': '1.1' }, name, versions: [], files };
  scene.upstream.on(`/simple/${name}/`, (_request, response) => {
    response.writeHead(200, { 'content-type': jsonType }).end(JSON.stringify(page));
  });
}

const get = (path: string, accept = jsonType): Promise<SceneAnswer> => scene.get(path, { accept });

interface PageFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: { readonly sha256: string };
  readonly 'core-metadata': false | { readonly sha256: string };
}

const page = (): Promise<{ versions: string[]; files: PageFile[] }> =>
  scene.json(`simple/${name}/`, { accept: jsonType });

describe('an index elsewhere', () => {
  test('page, file and metadata come through us, and no link leads past us', async () => {
    const wheel = wheelOf('1.0');
    offer([wheel]);
    const { files } = await page();
    expect(files.map(({ filename }) => filename)).toEqual([wheel.fileName]);
    const [file] = files as [PageFile];
    expect(file.url.startsWith(scene.registry.url)).toBe(true);
    expect((await get(`${file.url}.metadata`)).text).toBe(wheel.metadata);
    expect(scene.upstream.hits.get(`/packages/${wheel.fileName}`)).toBeUndefined();
    for (let times = 0; times < 2; times += 1) expect((await get(file.url)).bytes?.equals(wheel.bytes)).toBe(true);
    expect(scene.upstream.hits.get(`/packages/${wheel.fileName}`)).toBe(1);
    const html = (await get(`simple/${name}/`, 'text/html')).text;
    expect(html).toContain(`${wheel.fileName}</a>`);
    expect(html).not.toContain(scene.upstream.url);
  });

  test('warm answers when the upstream is down, 502 for the rest', async () => {
    const [warm, cold] = [wheelOf('1.0'), wheelOf('2.0')];
    offer([warm, cold]);
    const { files } = await page();
    const [first, second] = files as [PageFile, PageFile];
    await get(first.url);
    scene.upstream.down();
    scene.now += 48 * hour;
    expect((await page()).versions).toEqual(['1.0', '2.0']);
    expect((await get(first.url)).bytes?.equals(warm.bytes)).toBe(true);
    expect((await get(second.url)).status).toBe(502);
    expect((await get('simple/never-asked/')).status).toBe(502);
  });

  test('other bytes than the page promised, or a page of something else, are 502', async () => {
    offer([wheelOf('1.0')]);
    const [file] = (await page()).files as [PageFile];
    scene.upstream.on(`/packages/${file.filename}`, wheelOf('9.0').bytes);
    expect((await get(file.url)).status).toBe(502);
    scene.upstream.on('/simple/strange/', '<p>Please sign in</p>');
    scene.upstream.on('/simple/stranger/', 'no page at all');
    for (const odd of ['stranger', 'strange']) expect((await get(`simple/${odd}/`)).status).toBe(502);
  });

  test('files at a host that is not trusted are not fetched', async () => {
    offer([wheelOf('1.0')], { url: 'http://127.0.0.2:1/thing.whl' });
    const [file] = (await page()).files as [PageFile];
    expect((await get(file.url)).status).toBe(502);
  });

  test('a digest or name that the page does not have is not found', async () => {
    offer([wheelOf('1.0')]);
    const [file] = (await page()).files as [PageFile];
    expect((await get(`files/${'0'.repeat(64)}/${file.filename}`)).status).toBe(404);
    expect((await get(`files/${file.hashes.sha256}/${name}-2.0-py3-none-any.whl`)).status).toBe(404);
    expect((await get(`files/${file.hashes.sha256}/nonsense`)).status).toBe(404);
  });
});

test('young releases are hidden on the page and as files; without a date they are hidden too', async () => {
  await scene.change({
    minimum_release_age_hours: 24,
  });
  const [old, young, dateless] = [wheelOf('1.0'), wheelOf('2.0'), wheelOf('3.0')];
  offer([old, { ...young, at: scene.now - hour }, { ...dateless, at: null }]);
  expect((await page()).versions).toEqual(['1.0']);
  const url = ({ fileName, bytes }: Wheel): string => `files/${sha256(bytes)}/${fileName}`;
  expect((await get(url(old))).status).toBe(200);
  for (const hidden of [young, dateless]) {
    expect((await get(url(hidden))).status).toBe(403);
    expect((await get(`${url(hidden)}.metadata`)).status).toBe(403);
  }
});

test('a name of ours comes from us alone, also after it was removed', async () => {
  const ours = wheelOf('1.0');
  const form = new FormData();
  const fields = { ':action': 'file_upload', protocol_version: '1', metadata_version: '2.1', name, version: '1.0' };
  for (const [field, value] of Object.entries({ ...fields, filetype: 'bdist_wheel', pyversion: 'py3' })) {
    form.set(field, value);
  }
  form.set('sha256_digest', sha256(ours.bytes));
  form.set('content', new Blob([new Uint8Array(ours.bytes)]), ours.fileName);
  const uploaded = await fetch(`${scene.server.url}/api/v4/projects/${scene.project.id}/packages/pypi`, {
    method: 'POST',
    body: form,
    headers: { 'private-token': scene.server.rootToken },
  });
  expect(uploaded.status, await uploaded.text()).toBe(201);
  offer([wheelOf('9.0')]);
  const { versions, files } = await page();
  expect(versions).toEqual(['1.0']);
  const [file] = files as [PageFile];
  expect((await get(file.url)).bytes?.equals(ours.bytes)).toBe(true);
  expect((await get(`${file.url}.metadata`)).text).toBe(ours.metadata);
  const [version] = await scene.server.api<{ id: number }[]>(
    'GET',
    `/projects/${scene.project.id}/packages?package_name=${name}`,
  );
  await scene.server.api('DELETE', `/projects/${scene.project.id}/packages/${version?.id}`);
  expect((await get(`simple/${name}/`)).status).toBe(404);
  expect([...scene.upstream.hits.keys()].filter((path) => path.includes(name))).toEqual([]);
});

test('a rule means a project in any spelling, on the page and as a file', async () => {
  await scene.changeUpstream({
    rules: [{ kind: 'deny', name: name.toUpperCase(), version: '2.*' }],
  });
  const [kept, denied] = [wheelOf('1.0'), wheelOf('2.0')];
  offer([kept, denied]);
  expect((await page()).versions).toEqual(['1.0']);
  expect((await get(`files/${sha256(denied.bytes)}/${denied.fileName}`)).status).toBe(403);
  expect((await get(`files/${sha256(kept.bytes)}/${kept.fileName}`)).status).toBe(200);
});

test('a young file of an old release is hidden alone, until it is old enough', async () => {
  await scene.change({
    minimum_release_age_hours: 24,
  });
  const old = wheelOf('1.0');
  const added = { ...wheelOf('1.0'), fileName: `${name}-1.0-1-py3-none-any.whl`, bytes: Buffer.from('PK added') };
  offer([old, { ...added, at: scene.now - hour }]);
  expect((await page()).files.map(({ filename }) => filename)).toEqual([old.fileName]);
  expect((await get(`files/${sha256(added.bytes)}/${added.fileName}`)).status).toBe(403);
  scene.now += 24 * hour;
  expect((await page()).files).toHaveLength(2);
  expect((await get(`files/${sha256(added.bytes)}/${added.fileName}`)).status).toBe(200);
});
