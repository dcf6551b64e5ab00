/** What the cache knows of a name, in every format: by its document, by its file, and not by what was not there. */
import { describe, expect, test } from 'vitest';
import { offeredFormats } from './virtual-offers.ts';
import { virtualScene } from './virtual-scene.ts';

/** Names of these begin with a group wherever they come from elsewhere. */
const addressed = new Set(['terraform', 'terraform_provider']);
const checked = offeredFormats.filter(({ format }) => !addressed.has(format));

describe.each(checked)('$format', ({ format, at, offer }) => {
  const scene = virtualScene({ format, ...(at === undefined ? {} : { at }) });
  const names = (): string => `/groups/${scene.group.id}/-/virtual_registries/packages/${format}`;
  const reserve = (name: string): Promise<unknown> =>
    scene.server.api('POST', `${names()}/reserved_names`, { pattern: format === 'maven' ? `com.other:${name}` : name });
  const twins = async (): Promise<unknown[]> => {
    const all = await scene.server.api<{ upstream_id: number }[]>('GET', `${names()}/twins?per_page=100`);
    return all.filter(({ upstream_id }) => upstream_id === scene.upstreamId);
  };
  test('a file', async () => {
    const name = `file${scene.count}`;
    const { download } = await offer(scene, name);
    expect((await download()).status).toBe(200);
    scene.upstream.hits.clear();
    await reserve(name);
    const twin = { name: expect.stringContaining(name) as string, found_by: 'cache' };
    expect(await twins()).toEqual([expect.objectContaining(twin)]);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('a document', async () => {
    const name = `doc${scene.count}`;
    const { document } = await offer(scene, name);
    if (document === null) return;
    expect((await scene.get(document.path)).status).toBe(200);
    scene.upstream.hits.clear();
    await reserve(name);
    const twin = { name: expect.stringContaining(name) as string, found_by: 'cache', versions: 1 };
    expect(await twins()).toEqual([expect.objectContaining(twin)]);
    expect(scene.upstream.hits.size).toBe(0);
  });

  test('nothing', async () => {
    const name = `none${scene.count}`;
    const { document } = await offer(scene, `other${scene.count}`);
    if (document !== null) await scene.get(document.path.replaceAll(`other${scene.count}`, name));
    await reserve(name);
    expect(await twins()).toEqual([]);
  });
});
