import { rm } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Client, describeClient } from './client.ts';
import { lockEntries, type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

describeClient('npm@machine', (npm) => {
  let dora: NpmMachine;

  beforeAll(async () => {
    dora = await npmMachine(npm, { registry: at.open.npm, token: at.developer.token });
  });

  test('publish: unscoped, scoped, with a tag, and what it says', async () => {
    const said = await dora.publish({
      name: 'left-lace',
      version: '1.0.0',
      manifest: { dependencies: { '@acme/knot': '^1.0.0' }, bin: 'bin/lace.js', keywords: ['shoe'] },
      files: { 'bin/lace.js': '#!/usr/bin/env node\nconsole.log(`laced by ${require("@acme/knot")}`);\n' },
    });
    expect(said).toContain('+ left-lace@1.0.0');
    expect(await dora.publish({ name: '@acme/knot', version: '1.0.0' })).toContain('+ @acme/knot@1.0.0');
    await dora.publish({ name: '@acme/knot', version: '1.1.0-beta.1' }, '--tag', 'next');
    expect(await dora.ok(['dist-tag', 'ls', '@acme/knot'])).toBe('latest: 1.0.0\nnext: 1.1.0-beta.1\n');
  });

  test('publish again: refused before and after asking the server', async () => {
    const folder = await dora.packageFolder({ name: 'left-lace', version: '1.0.0', files: { 'other.js': '1' } });
    const careful = await dora.fails(['publish'], { cwd: folder });
    expect(careful).toContain('cannot publish over the previously published versions: 1.0.0');
    const forced = await dora.fails(['publish', '--force'], { cwd: folder });
    expect(forced).toContain('E403');
    expect(forced).toContain('Package already exists');
  });

  test('install from a cold cache: everything works, and the lock file holds sha512', async () => {
    const reader = await npmMachine(npm, { registry: at.open.npm });
    const folder = await reader.consumer();
    await reader.ok(['install', 'left-lace'], { cwd: folder });
    expect(await required(folder, 'left-lace')).toBe('left-lace@1.0.0');
    const lock = await lockEntries(folder);
    expect(Object.keys(lock).toSorted()).toEqual(['@acme/knot', 'left-lace']);
    for (const { integrity, resolved } of Object.values(lock)) {
      expect(integrity).toMatch(/^sha512-/);
      expect(resolved.startsWith(at.open.npm)).toBe(true);
    }
    expect(await reader.ok(['exec', '--', 'left-lace'], { cwd: folder })).toContain('laced by @acme/knot@1.0.0');
  });

  test('ci: the locked tree on another cold machine, and again without the network’s help', async () => {
    const first = await npmMachine(npm, { registry: at.open.npm });
    const folder = await first.consumer({ 'left-lace': '1.0.0' });
    await first.ok(['install', '--package-lock-only'], { cwd: folder });
    const second = await npmMachine(npm, { registry: at.open.npm });
    await second.ok(['ci'], { cwd: folder });
    expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.0.0');
    await rm(path.join(folder, 'node_modules'), { recursive: true });
    await second.ok(['ci', '--offline'], { cwd: folder });
  });

  test('view: the whole document, one field, a version, a tag, and nothing', async () => {
    expect(await dora.json(['view', 'left-lace'])).toMatchObject({
      name: 'left-lace',
      version: '1.0.0',
      'dist-tags': { latest: '1.0.0' },
      keywords: ['shoe'],
      bin: { 'left-lace': 'bin/lace.js' },
      maintainers: expect.anything(),
      time: { '1.0.0': expect.stringMatching(/Z$/), modified: expect.any(String) },
      dist: { integrity: expect.stringMatching(/^sha512-/), fileCount: 4, unpackedSize: expect.any(Number) },
    });
    expect((await dora.ok(['view', '@acme/knot@next', 'version'])).trim()).toBe('1.1.0-beta.1');
    expect(await dora.json(['view', '@acme/knot', 'versions'])).toEqual(['1.0.0', '1.1.0-beta.1']);
    expect(await dora.ok(['view', 'left-lace', 'readme'])).toContain('# left-lace');
    expect(await dora.fails(['view', 'nothing-here'])).toContain('E404');
  });

  test('pack, outdated and update read what was published later', async () => {
    const folder = await dora.consumer({ '@acme/knot': '^1.0.0' });
    await dora.ok(['install'], { cwd: folder });
    await dora.publish({ name: '@acme/knot', version: '1.2.0' });
    const outdated = await dora.run(['outdated', '--json'], { cwd: folder });
    expect(outdated.code).toBe(1);
    expect(JSON.parse(outdated.stdout)).toMatchObject({
      '@acme/knot': { current: '1.0.0', wanted: '1.2.0', latest: '1.2.0' },
    });
    await dora.ok(['update'], { cwd: folder });
    expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.2.0');
    expect(await dora.ok(['pack', '@acme/knot@1.0.0'], { cwd: folder })).toContain('acme-knot-1.0.0.tgz');
  });

  test('search finds by name, keyword and description', async () => {
    const names = async (...words: string[]): Promise<string[]> =>
      ((await dora.json(['search', ...words])) as { name: string }[]).map(({ name }) => name);
    expect(await names('lace')).toEqual(['left-lace']);
    expect(await names('keywords:shoe')).toEqual(['left-lace']);
    expect(await names('@acme/knot')).toContain('@acme/knot');
    expect(await names('nothing-like-this')).toEqual([]);
    expect(await dora.ok(['search', 'lace'])).toContain('left-lace');
  });

  test('ping', async () => {
    expect((await dora.run(['ping'])).code).toBe(0);
  });

  test('install through the group’s and the instance’s view', async () => {
    const instance = `${at.server.url}/api/v4/packages/npm/`;
    for (const registry of [at.acme.npm, instance]) await installScoped(npm, registry);
  });
});

/** The instance's view holds scoped names of groups, so this one works at every level. */
async function installScoped(npm: Client, registry: string): Promise<void> {
  const reader = await npmMachine(npm, { registry, scope: 'acme' });
  const folder = await reader.consumer();
  await reader.ok(['install', '@acme/knot@1.0.0'], { cwd: folder });
  const { '@acme/knot': knot } = await lockEntries(folder);
  expect(knot?.resolved.startsWith(registry), knot?.resolved).toBe(true);
  expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.0.0');
}
