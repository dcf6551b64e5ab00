/** One virtual registry of a private project here and of a project of another Packyard. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { nupkg, type NupkgParts, pushForm } from '../nuget/nupkg.ts';
import { describeClient } from './client.ts';
import { dependencies, type NuGetMachine, nugetMachine } from './nuget-machine.ts';
import { type NuGetScene, nugetScene } from './nuget-scene.ts';

// Each starts a client several times.
vi.setConfig({ testTimeout: 300_000 });

const hour = 3_600_000;
const tooYoung = 'It must be 24 hours old, which it is on ';
let now = Date.now();
let at: NuGetScene;
let other: TestServer;
let registry: TestRegistry;
let isStopped = false;

beforeAll(async () => {
  at = await nugetScene({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  other = await startServer({ now: () => now });
  const group = await other.createGroup('elsewhere', 'private');
  const project = await other.createProject('elsewhere/app', 'private');
  now -= 48 * hour;
  await offer(project, { id: 'Their.Knot', version: '1.0.0', metadata: dependencies({ 'Their.Rope': '1.0' }) });
  await offer(project, { id: 'Their.Rope', version: '1.0.0' });
  await offer(project, { id: 'Their.Rope', version: '1.1.0' });
  await offer(project, { id: 'Their.Unasked', version: '1.0.0' });
  await offer(project, { id: 'Acme.Lace', version: '99.0.0' });
  now += 47 * hour;
  await offer(project, { id: 'Their.Knot', version: '1.5.0', metadata: dependencies({ 'Their.Rope': '1.0' }) });
  await offer(project, { id: 'Their.Young', version: '1.0.0' });
  now += hour;
  await at.push(at.nuget.secret, [
    { id: 'Acme.Lace', version: '1.0.0', metadata: dependencies({ 'Their.Knot': '[1.0,2.0)' }) },
  ]);
  const scopes = ['read_package_registry'];
  const { token, username } = await other.createToken({ kind: 'deploy', of: group, scopes, username: 'proxy' });
  registry = await createRegistry(at.server, at.acme, 'nuget', [
    gid.project(at.secret.id),
    { url: `${other.url}/api/v4/projects/${project.id}/packages/nuget/index.json`, username, password: token },
  ]);
});
afterAll(async () => {
  await stopUpstream();
  await at.end();
});

async function offer({ id }: TestProject, parts: NupkgParts): Promise<void> {
  const { headers, body } = pushForm(nupkg(parts));
  const url = `${other.url}/api/v4/projects/${id}/packages/nuget/`;
  const answer = await fetch(url, { method: 'PUT', headers: { ...headers, 'x-nuget-apikey': other.rootToken }, body });
  expect(answer.status, await answer.text()).toBe(201);
}

async function stopUpstream(): Promise<void> {
  if (isStopped) return;
  isStopped = true;
  await other.stop();
}

describeClient('nuget@5', (nuget) => {
  let box: NuGetMachine;
  const machine = (): Promise<NuGetMachine> => {
    const { username, token } = at.developer;
    return nugetMachine(nuget, { url: `${registry.url}/index.json`, username, token });
  };
  const install = (folder: string, ...wanted: string[]): string[] => ['install', ...wanted, '-OutputDirectory', folder];
  const policy = (change: object): Promise<unknown> =>
    at.server.api('PATCH', `/virtual_registries/packages/nuget/registries/${registry.id}`, change);
  const tree = ['Acme.Lace.1.0.0', 'Their.Knot.1.0.0', 'Their.Rope.1.0.0'];

  beforeAll(async () => {
    box = await machine();
  });

  test('a mixed tree from a cold cache; what is ours is not taken from there, though it is higher', async () => {
    await box.ok(install('cold', 'Acme.Lace'));
    expect(await box.installed('cold')).toEqual(tree);
    const refused = await box.fails(install('none', 'Acme.Lace', '-Version', '99.0.0'));
    expect(refused).toContain("'Acme.Lace 99.0.0' is not found");
  });

  test('a minimum age hides what is young', async () => {
    await box.ok(install('newest', 'Their.Knot'));
    expect(await box.installed('newest')).toEqual(['Their.Knot.1.5.0', 'Their.Rope.1.0.0']);
    await policy({ minimum_release_age_hours: 24 });
    await box.forget();
    await box.ok(install('aged', 'Their.Knot'));
    expect(await box.installed('aged')).toEqual(['Their.Knot.1.0.0', 'Their.Rope.1.0.0']);
    // All that it says where versions are hidden is what it says where there are none.
    await box.write('app/packages.config', '<packages><package id="Their.Knot" version="1.5.0"/></packages>');
    const restore = ['restore', 'app/packages.config', '-PackagesDirectory', 'app/packages'];
    expect(await box.fails(restore)).toContain("Unable to find version '1.5.0' of package 'Their.Knot'");
    const why = `/virtual_registries/packages/nuget/registries/${registry.id}/explain?package=Their.Knot`;
    expect(JSON.stringify(await at.server.api('GET', why))).toContain(tooYoung);
    expect(await box.fails(install('young', 'Their.Young'))).toContain(`403 (${tooYoung}`);
    await policy({ minimum_release_age_hours: 0 });
  });

  test('another machine, after the upstream has stopped', async () => {
    await stopUpstream();
    now += 48 * hour;
    box = await machine();
    await box.ok(install('warm', 'Acme.Lace'));
    expect(await box.installed('warm')).toEqual(tree);
    expect(await box.fails(install('none', 'Their.Unasked'))).toContain('502 (The upstream 127.0.0.1 ');
    const cold = await box.fails(install('none', 'Their.Rope', '-Version', '1.1.0'));
    expect(cold).toMatch(/Error downloading 'Their\.Rope\.1\.1\.0'[^]*502 \(The upstream 127\.0\.0\.1 /);
  });
});
