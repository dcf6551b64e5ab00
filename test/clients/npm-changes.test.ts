import { beforeAll, expect, test } from 'vitest';
import { describeClient } from './client.ts';
import { type NpmMachine, npmMachine } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

describeClient('npm@machine', (npm) => {
  let mara: NpmMachine;
  let dora: NpmMachine;

  beforeAll(async () => {
    mara = await npmMachine(npm, { registry: at.open.npm, token: at.maintainer.token });
    dora = await npmMachine(npm, { registry: at.open.npm, token: at.developer.token });
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await dora.publish({ name: '@acme/knot', version });
  });

  const versions = async (name: string): Promise<unknown> => mara.json(['view', name, 'versions']);

  test('deprecate and undeprecate: seen by view and by those who install', async () => {
    await mara.ok(['deprecate', '@acme/knot@1.x', 'use 2.0.0']);
    expect((await mara.ok(['view', '@acme/knot@1.1.0', 'deprecated'])).trim()).toBe('use 2.0.0');
    expect((await mara.ok(['view', '@acme/knot@2.0.0', 'deprecated'])).trim()).toBe('');
    const reader = await npmMachine(npm, { registry: at.open.npm });
    const installed = await reader.run(['install', '@acme/knot@1.0.0'], { cwd: await reader.consumer() });
    expect(installed.code).toBe(0);
    expect(installed.stderr).toContain('deprecated @acme/knot@1.0.0: use 2.0.0');
    await mara.ok(['deprecate', '@acme/knot@1.x', '']);
    expect((await mara.ok(['view', '@acme/knot@1.0.0', 'deprecated'])).trim()).toBe('');
    expect(await dora.fails(['deprecate', '@acme/knot@1.x', 'no'])).toContain('E403');
  });

  test('dist-tag: list, add, move, remove', async () => {
    await dora.ok(['dist-tag', 'add', '@acme/knot@1.1.0', 'stable']);
    await dora.ok(['dist-tag', 'add', '@acme/knot@1.0.0', 'stable']);
    expect(await dora.ok(['dist-tag', 'ls', '@acme/knot'])).toBe('latest: 2.0.0\nstable: 1.0.0\n');
    expect((await dora.ok(['view', '@acme/knot@stable', 'version'])).trim()).toBe('1.0.0');
    expect(await dora.fails(['dist-tag', 'rm', '@acme/knot', 'stable'])).toContain('E403');
    await mara.ok(['dist-tag', 'rm', '@acme/knot', 'stable']);
    expect(await dora.ok(['dist-tag', 'ls', '@acme/knot'])).toBe('latest: 2.0.0\n');
    expect(await mara.fails(['dist-tag', 'add', '@acme/knot@9.9.9', 'stable'])).toContain('E404');
    expect(await mara.fails(['dist-tag', 'rm', '@acme/knot', 'nothing'])).toMatch(/nothing is not a dist-tag/);
  });

  test('star, stars and unstar', async () => {
    await mara.ok(['star', '@acme/knot']);
    expect(await mara.ok(['stars'])).toContain('@acme/knot');
    expect(await mara.json(['view', '@acme/knot', 'users'])).toEqual({ mara: true });
    await mara.ok(['unstar', '@acme/knot']);
    expect(await mara.ok(['stars'])).not.toContain('@acme/knot');
    expect(await versions('@acme/knot')).toEqual(['1.0.0', '1.1.0', '2.0.0']);
  });

  test('owner: list, add and remove', async () => {
    await mara.ok(['owner', 'add', 'sten', '@acme/knot']);
    expect(await mara.ok(['owner', 'ls', '@acme/knot'])).toContain('sten');
    await mara.ok(['owner', 'rm', 'sten', '@acme/knot']);
    expect(await mara.ok(['owner', 'ls', '@acme/knot'])).not.toContain('sten');
    expect(await versions('@acme/knot')).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    expect(await dora.run(['owner', 'add', 'sten', '@acme/knot'])).toMatchObject({ code: 1 });
  });

  test('unpublish one version: the others stay, the tags follow', async () => {
    expect(await dora.fails(['unpublish', '@acme/knot@2.0.0'])).toContain('E403');
    expect(await mara.ok(['unpublish', '@acme/knot@2.0.0'])).toContain('- @acme/knot@2.0.0');
    expect(await versions('@acme/knot')).toEqual(['1.0.0', '1.1.0']);
    expect(await mara.ok(['dist-tag', 'ls', '@acme/knot'])).toBe('latest: 1.1.0\n');
    expect(await mara.fails(['view', '@acme/knot@2.0.0', '--json'])).toMatch(/E404|No match/);
  });

  test('unpublish a package: it needs --force, is gone, and is gone the second time too', async () => {
    await mara.publish({ name: 'short-lived' });
    expect(await mara.fails(['unpublish', 'short-lived'])).toContain('--force');
    await mara.ok(['unpublish', 'short-lived', '--force']);
    expect(await mara.fails(['view', 'short-lived'])).toContain('E404');
    expect(await mara.fails(['unpublish', 'short-lived', '--force'])).toContain('E404');
  });
});
