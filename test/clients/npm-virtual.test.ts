/** One virtual registry of three: a project here, another Packyard, and Verdaccio as somebody else's registry. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVerdaccio, type Verdaccio } from '../bench/peers/verdaccio.ts';
import { startServer } from '../harness/server.ts';
import type { TestServer } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { type Client, describeClient } from './client.ts';
import { lockEntries, type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { scene, type Scene } from './scene.ts';

const day = 24 * 3_600_000;
let now = Date.now();
let at: Scene;
let other: TestServer;
let registry: TestRegistry;
const stopped = new Set<string>();

const folder = await mkdtemp(path.join(tmpdir(), 'packyard-virtual-'));
const found = await openVerdaccio(path.join(folder, 'verdaccio'), {
  pinned: false,
  server: (command) => command,
}).catch(missing);

/** A reported skip, unless clients are required, as in CI. */
function missing(error: unknown): null {
  if (process.env.REQUIRE_CLIENTS === '1') throw error;
  process.stderr.write(`skipped: Verdaccio: ${error instanceof Error ? error.message : String(error)}\n`);
  test.skip('Verdaccio is missing');
  return null;
}

beforeAll(async () => {
  at = await scene({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  other = await startServer();
}, 240_000);

afterAll(async () => {
  await stopUpstreams();
  await at.end();
  await rm(folder, { recursive: true, force: true });
});

async function stopUpstreams(): Promise<void> {
  if (stopped.size > 0) return;
  stopped.add('both');
  await found?.process.stop();
  await other.stop();
}

if (found !== null) describeClient('npm@machine', (npm) => installsThrough(npm, found));

function installsThrough(npm: Client, verdaccio: Verdaccio): void {
  let dora: NpmMachine;

  beforeAll(async () => {
    await publishEverywhere(npm, verdaccio);
    const group = await other.createGroup('elsewhere', 'private');
    const project = await other.createProject('elsewhere/app', 'private');
    const theirs = await npmMachine(npm, { registry: project.npm, token: other.rootToken });
    await theirs.publish({ name: 'their-knot', manifest: { dependencies: { 'open-rope': '^1.0.0' } } });
    const { token, username } = await other.createToken({
      kind: 'deploy',
      of: group,
      scopes: ['read_package_registry'],
      username: 'proxy',
    });
    registry = await createRegistry(at.server, at.acme, 'npm', [
      gid.project(at.secret.id),
      { url: project.npm, username, password: token },
      // It answers 401 for what it doesn't have, to those who didn't sign in.
      { url: new URL(verdaccio.packumentUrl('', 'full')).href, username: 'dev', password: 'correct horse dev battery' },
    ]);
    dora = await npmMachine(npm, { registry: `${registry.url}/`, token: at.developer.token });
  });

  test('a mixed tree from a cold cache, each package from where it lies', async () => {
    const consumer = await dora.consumer({ '@acme/lace': '^1.0.0' });
    await dora.ok(['install'], { cwd: consumer });
    expect(await required(consumer, '@acme/lace')).toBe('@acme/lace@1.0.0');
    expect(await required(consumer, 'their-knot')).toBe('their-knot@1.0.0');
    expect(await required(consumer, 'open-rope')).toBe('open-rope@1.1.0');
    for (const { resolved, integrity } of Object.values(await lockEntries(consumer))) {
      expect(resolved.startsWith(registry.url), resolved).toBe(true);
      expect(integrity).toMatch(/^sha512-/);
    }
  });

  test('what is ours is never taken from there, and what they lack is not found', async () => {
    expect(await dora.json(['view', '@acme/lace', 'versions'])).toEqual(['1.0.0']);
    expect(await dora.fails(['view', 'nothing-here'])).toContain('E404');
    expect((await dora.ok(['view', 'open-rope@1.0.0', 'version'])).trim()).toBe('1.0.0');
  });

  test('npm ci on another machine, and after both upstreams have stopped', async () => {
    const first = await dora.consumer({ '@acme/lace': '^1.0.0' });
    await dora.ok(['install', '--package-lock-only'], { cwd: first });
    await stopUpstreams();
    now += 2 * day;
    const second = await npmMachine(npm, { registry: `${registry.url}/`, token: at.developer.token });
    await second.ok(['ci'], { cwd: first });
    expect(await required(first, 'open-rope')).toBe('open-rope@1.1.0');
    const fresh = await second.consumer({ '@acme/lace': '^1.0.0' });
    await second.ok(['install'], { cwd: fresh });
    expect(await required(fresh, 'their-knot')).toBe('their-knot@1.0.0');
    const { headers } = await fetch(`${registry.url}/open-rope`, {
      headers: { authorization: `Bearer ${at.developer.token}` },
    });
    expect(headers.get('warning')).toContain('111');
    expect(Number(headers.get('age'))).toBeGreaterThanOrEqual(2 * 24 * 3_600);
  });

  test('a name that nobody asked for before fails while they are down: no 404', async () => {
    expect(await dora.fails(['view', 'open-other'])).toMatch(/E50[234]/);
  });
}

/** The same name here and there, a higher version there. */
async function publishEverywhere(npm: Client, verdaccio: Verdaccio): Promise<void> {
  const ours = await npmMachine(npm, { registry: at.secret.npm, token: at.developer.token });
  await ours.publish({ name: '@acme/lace', manifest: { dependencies: { 'their-knot': '1.0.0' } } });
  const token = verdaccio.authorization.replace('Bearer ', '');
  const theirs = await npmMachine(npm, { registry: new URL(verdaccio.packumentUrl('', 'full')).href, token });
  await theirs.publish({ name: 'open-rope', version: '1.0.0' });
  await theirs.publish({ name: 'open-rope', version: '1.1.0' });
  await theirs.publish({ name: '@acme/lace', version: '99.0.0' });
}
