import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type PackageOptions, writeConsumer, writePackage } from '../harness/packages.ts';
import { type Client, describeClient } from './client.ts';
import { type Machine, machine } from './machine.ts';
import { required } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';
import { yarnrc } from './settings.ts';

const day = 24 * 3600 * 1000;

/** How far the server's clock is behind: yarn takes no version of the last day unless told to. */
let behind = 3 * day;
let at: Scene;
let folders = 0;

beforeAll(async () => {
  at = await scene({ now: () => Date.now() - behind });
  return at.end;
});

describeClient('yarn@4', (yarn) => {
  let mara: Machine;

  beforeAll(async () => {
    mara = await berry(yarn, at.maintainer.token);
  });

  test('publish: unscoped and scoped, and the second time refused or tolerated', async () => {
    await publish(mara, { name: '@acme/knot' });
    const again = await publish(mara, { name: 'plain', manifest: { dependencies: { '@acme/knot': '^1.0.0' } } });
    expect(await mara.fails(['npm', 'publish'], { cwd: again })).toContain('Package already exists');
    await mara.ok(['npm', 'publish', '--tolerate-republish'], { cwd: again });
  });

  test('add with yarn’s own age gate, then the immutable lock file on a cold machine', async () => {
    behind = 0;
    const gus = await berry(yarn, at.guest.token);
    const folder = await consumer(gus);
    await gus.ok(['add', 'plain'], { cwd: folder });
    expect(await required(folder, '@acme/knot')).toBe('@acme/knot@1.0.0');
    const lock = await readFile(path.join(folder, 'yarn.lock'), 'utf8');
    // Berry locks the SHA-512 of the archive as it stores it.
    expect(lock.match(/checksum: 10c0\/[0-9a-f]{128}\n/g)).toHaveLength(2);
    expect(lock).not.toContain('127.0.0.1');
    const cold = await berry(yarn, at.guest.token);
    await cold.ok(['install', '--immutable', '--check-cache'], { cwd: folder });
  });

  test('a version of today waits, unless the gate is open', async () => {
    await publish(mara, { name: '@acme/fresh' });
    const gus = await berry(yarn, at.guest.token);
    expect(await gus.fails(['add', '@acme/fresh'], { cwd: await consumer(gus) })).toContain('quarantined');
    const eager = await berry(yarn, at.guest.token, ['npmMinimalAgeGate: 0']);
    await eager.ok(['add', '@acme/fresh'], { cwd: await consumer(eager) });
  });

  test('info, tag, whoami and audit', async () => {
    const folder = await consumer(mara, { '@acme/knot': '1.0.0' });
    await mara.ok(['install'], { cwd: folder });
    expect(await mara.ok(['npm', 'info', '@acme/knot', '--json'], { cwd: folder })).toContain('"version":"1.0.0"');
    expect(await mara.ok(['npm', 'whoami'], { cwd: folder })).toContain('mara');
    await mara.ok(['npm', 'tag', 'add', '@acme/knot@1.0.0', 'stable'], { cwd: folder });
    expect(await mara.ok(['npm', 'tag', 'list', '@acme/knot'], { cwd: folder })).toContain('stable');
    expect(await mara.ok(['npm', 'audit'], { cwd: folder })).toContain('No audit suggestions');
  });

  test('a stranger finds nothing; nobody is told to sign in', async () => {
    const sten = await berry(yarn, at.stranger.token);
    expect(await sten.fails(['add', '@acme/knot'], { cwd: await consumer(sten) })).toContain('404');
    const nobody = await berry(yarn);
    expect(await nobody.fails(['add', '@acme/knot'], { cwd: await consumer(nobody) })).toMatch(/YN0041|401/);
  });
});

async function berry(yarn: Client, token?: string, more: readonly string[] = []): Promise<Machine> {
  const own = await machine(yarn);
  const settings = token === undefined ? { registry: at.secret.npm } : { registry: at.secret.npm, token };
  await own.write('.yarnrc.yml', yarnrc(settings, more));
  return own;
}

/** Publishes a package, and returns its folder. */
async function publish(by: Machine, options: PackageOptions): Promise<string> {
  const folder = await project(by, (name) => writePackage(name, options));
  await by.ok(['install'], { cwd: folder, env: { YARN_NPM_MINIMAL_AGE_GATE: '0' } });
  await by.ok(['npm', 'publish'], { cwd: folder });
  return folder;
}

function consumer(by: Machine, dependencies: Readonly<Record<string, string>> = {}): Promise<string> {
  return project(by, (name) => writeConsumer(name, dependencies));
}

/** Berry looks upwards for the root of a project: an own lock file makes a folder one. */
async function project(by: Machine, write: (folder: string) => Promise<string>): Promise<string> {
  const name = `project-${++folders}`;
  await by.write(`${name}/yarn.lock`, '');
  return write(path.join(by.home, name));
}
