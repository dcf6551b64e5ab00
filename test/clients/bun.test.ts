import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeClient } from './client.ts';
import { type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

describeClient('bun@1', (bun) => {
  let mara: NpmMachine;

  beforeAll(async () => {
    mara = await npmMachine(bun, { registry: at.secret.npm, token: at.maintainer.token });
  });

  test('publish: unscoped and scoped, and the second time refused or tolerated', async () => {
    await mara.publish({ name: '@acme/knot' });
    await mara.publish({ name: 'plain', manifest: { dependencies: { '@acme/knot': '^1.0.0' } } });
    const folder = await mara.packageFolder({ name: 'plain', files: { 'more.js': '1' } });
    expect(await mara.fails(['publish'], { cwd: folder })).toContain('Package already exists');
    await mara.ok(['publish', '--tolerate-republish'], { cwd: folder });
  });

  test('add from a cold cache, then the frozen lock file on another machine', async () => {
    const gus = await npmMachine(bun, { registry: at.secret.npm, token: at.guest.token });
    const folder = await gus.consumer();
    await gus.ok(['add', 'plain'], { cwd: folder });
    expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.0.0');
    expect((await readFile(path.join(folder, 'bun.lock'), 'utf8')).match(/"sha512-/g)).toHaveLength(2);
    const cold = await npmMachine(bun, { registry: at.secret.npm, token: at.guest.token });
    await rm(path.join(folder, 'node_modules'), { recursive: true });
    await cold.ok(['install', '--frozen-lockfile'], { cwd: folder });
    expect(await required(folder, 'plain')).toBe('plain@1.0.0');
  });

  test('info, whoami and audit', async () => {
    const folder = await mara.consumer({ '@acme/knot': '1.0.0' });
    await mara.ok(['install'], { cwd: folder });
    expect(await mara.ok(['info', '@acme/knot', 'version'], { cwd: folder })).toContain('1.0.0');
    expect(await mara.ok(['pm', 'whoami'], { cwd: folder })).toContain('mara');
    expect(await mara.ok(['audit'], { cwd: folder })).toContain('No vulnerabilities found');
  });

  test('a stranger finds nothing; nobody is told to sign in', async () => {
    const sten = await npmMachine(bun, { registry: at.secret.npm, token: at.stranger.token });
    expect(await sten.fails(['add', '@acme/knot'], { cwd: await sten.consumer() })).toContain('404');
    const nobody = await npmMachine(bun, { registry: at.secret.npm });
    expect(await nobody.fails(['add', '@acme/knot'], { cwd: await nobody.consumer() })).toContain('401');
  });
});
