import { readFile } from 'node:fs/promises';
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

describeClient('yarn@1', (yarn) => {
  /** Without `always-auth` yarn classic sends no token for unscoped names. */
  const machineOf = (token?: string): Promise<NpmMachine> =>
    token === undefined
      ? npmMachine(yarn, { registry: at.secret.npm })
      : npmMachine(yarn, { registry: at.secret.npm, token }, ['always-auth=true']);

  let mara: NpmMachine;

  beforeAll(async () => {
    mara = await machineOf(at.maintainer.token);
  });

  const publish = async (options: Parameters<NpmMachine['packageFolder']>[0]): Promise<string> =>
    mara.ok(['publish', '--non-interactive'], { cwd: await mara.packageFolder(options) });

  test('publish: unscoped and scoped, and the second time refused', async () => {
    await publish({ name: '@acme/knot' });
    await publish({ name: 'plain', manifest: { dependencies: { '@acme/knot': '^1.0.0' } } });
    const folder = await mara.packageFolder({ name: 'plain', files: { 'more.js': '1' } });
    expect(await mara.fails(['publish', '--non-interactive'], { cwd: folder })).toContain('Package already exists');
  });

  test('add from a cold cache, then the frozen lock file on another machine', async () => {
    const gus = await machineOf(at.guest.token);
    const folder = await gus.consumer();
    await gus.ok(['add', 'plain'], { cwd: folder });
    expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.0.0');
    const lock = await readFile(path.join(folder, 'yarn.lock'), 'utf8');
    expect(lock.match(/ {2}integrity sha512-/g)).toHaveLength(2);
    const cold = await machineOf(at.guest.token);
    await cold.ok(['install', '--frozen-lockfile', '--force'], { cwd: folder });
    expect(await required(folder, 'plain')).toBe('plain@1.0.0');
  });

  test('info, tag and owner', async () => {
    expect(await mara.ok(['info', '@acme/knot', 'version'])).toContain('1.0.0');
    await mara.ok(['tag', 'add', '@acme/knot@1.0.0', 'stable']);
    expect(await mara.ok(['tag', 'list', '@acme/knot'])).toContain('stable: 1.0.0');
    await mara.ok(['tag', 'remove', '@acme/knot', 'stable']);
    expect(await mara.ok(['owner', 'list', '@acme/knot'])).toContain('mara');
  });

  test('a stranger finds nothing; nobody is refused', async () => {
    const sten = await machineOf(at.stranger.token);
    await sten.fails(['add', '@acme/knot'], { cwd: await sten.consumer() });
    const nobody = await machineOf();
    await nobody.fails(['add', 'plain'], { cwd: await nobody.consumer() });
  });
});
