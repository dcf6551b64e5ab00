import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Client, describeClient } from './client.ts';
import { type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

for (const id of ['pnpm@10', 'pnpm@12'] as const) {
  describeClient(id, (pnpm) => {
    const scope = `@acme/${id.replace('@', '-')}`;
    let mara: NpmMachine;

    beforeAll(async () => {
      mara = await npmMachine(pnpm, { registry: at.secret.npm, token: at.maintainer.token });
    });

    test('publish: unscoped and scoped, and the second time refused', async () => {
      const plain = id.replace('@', '-');
      await publish(mara, { name: `${scope}-knot` });
      await publish(mara, { name: plain, manifest: { dependencies: { [`${scope}-knot`]: '^1.0.0' } } });
      const folder = await mara.packageFolder({ name: plain, files: { 'more.js': '1' } });
      const said = await mara.fails(['publish', '--no-git-checks', '--force'], { cwd: folder });
      expect(said).toContain('Package already exists');
    });

    test('add from a cold store, then install the locked tree on another machine', async () => {
      const plain = id.replace('@', '-');
      const folder = await (await guest(pnpm)).consumer();
      await (await guest(pnpm)).ok(['add', plain, `${scope}-knot`], { cwd: folder });
      expect(await required(folder, plain)).toBe(`${plain}@1.0.0`);
      await expectLocked(folder, [plain, `${scope}-knot`]);
      const cold = await guest(pnpm);
      await cold.ok(['install', '--frozen-lockfile', '--force'], { cwd: folder });
      expect(await required(folder, `${scope}-knot`)).toBe(`${scope}-knot@1.0.0`);
    });

    test('view, whoami and audit', async () => {
      expect((await mara.ok(['view', `${scope}-knot`, 'version'])).trim()).toContain('1.0.0');
      expect((await mara.ok(['whoami'])).trim()).toBe('mara');
      const folder = await mara.consumer();
      await mara.ok(['add', `${scope}-knot`], { cwd: folder });
      expect(await mara.ok(['audit'], { cwd: folder })).toContain('No known vulnerabilities');
    });

    test('a stranger finds nothing, nobody is told to sign in', async () => {
      const sten = await npmMachine(pnpm, { registry: at.secret.npm, token: at.stranger.token });
      expect(await sten.fails(['add', `${scope}-knot`], { cwd: await sten.consumer() })).toContain('404');
      const nobody = await npmMachine(pnpm, { registry: at.secret.npm });
      expect(await nobody.fails(['add', `${scope}-knot`], { cwd: await nobody.consumer() })).toContain('401');
    });
  });
}

describeClient('pnpm@12', (pnpm) => {
  test('audit signatures: every version carries the registry’s signature', async () => {
    const mara = await npmMachine(pnpm, { registry: at.secret.npm, token: at.maintainer.token });
    await publish(mara, { name: '@acme/signed' });
    const folder = await mara.consumer();
    await mara.ok(['add', '@acme/signed'], { cwd: folder });
    const said = await mara.ok(['audit', 'signatures'], { cwd: folder });
    expect(said).toMatch(/1 package (has a )?verified|verified registry signature/i);
  });

  test('dist-tag, deprecate and unpublish', async () => {
    const mara = await npmMachine(pnpm, { registry: at.secret.npm, token: at.maintainer.token });
    for (const version of ['1.0.0', '1.1.0']) await publish(mara, { name: '@acme/changing', version });
    await mara.ok(['dist-tag', 'add', '@acme/changing@1.0.0', 'stable']);
    expect(await mara.ok(['dist-tag', 'ls', '@acme/changing'])).toContain('stable: 1.0.0');
    await mara.ok(['deprecate', '@acme/changing@1.0.0', 'old']);
    await mara.ok(['unpublish', '@acme/changing@1.1.0']);
    expect(await mara.ok(['view', '@acme/changing', 'versions', '--json'])).not.toContain('1.1.0');
    expect(await mara.ok(['view', '@acme/changing', 'deprecated'])).toContain('old');
  });
});

function guest(pnpm: Client): Promise<NpmMachine> {
  return npmMachine(pnpm, { registry: at.secret.npm, token: at.guest.token });
}

async function publish(by: NpmMachine, options: Parameters<NpmMachine['packageFolder']>[0]): Promise<void> {
  await by.ok(['publish', '--no-git-checks'], { cwd: await by.packageFolder(options) });
}

/** Every package of the lock file has a sha512, and the file names no host: it can move with the registry. */
async function expectLocked(folder: string, names: readonly string[]): Promise<void> {
  const lock = await readFile(path.join(folder, 'pnpm-lock.yaml'), 'utf8');
  for (const name of names) expect(lock).toContain(`${name}@1.0.0`);
  expect(lock.match(/integrity: sha512-/g)).toHaveLength(names.length);
  expect(lock).not.toContain('127.0.0.1');
}
