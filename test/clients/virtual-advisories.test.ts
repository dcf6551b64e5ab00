/** Advisories and licenses on virtual registries, as npm and pip meet them: ranges pick what is left. */
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { wheel } from '../harness/python-packages.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { type Client, describeClient } from './client.ts';
import { type NpmMachine, npmMachine, required } from './npm-machine.ts';
import { installed, type PythonMachine, pythonMachine } from './python-machine.ts';
import { withLogin } from './pypi-scene.ts';
import { scene, type Scene } from './scene.ts';

// Each starts a client several times.
vi.setConfig({ testTimeout: 300_000 });

let at: Scene;
let upstream: FakeUpstream;

beforeAll(async () => {
  at = await scene({ settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  upstream = await fakeUpstream();
  await advise('GHSA-npm-1', 'npm', 'their-knot', { introduced: '1.1.0' });
  await advise('PYSEC-1', 'PyPI', 'their-knot', { introduced: '1.1' });
  return async () => {
    await upstream.close();
    await at.end();
  };
});

function advise(id: string, ecosystem: string, name: string, event: object): Promise<unknown> {
  const affected = [{ package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events: [event] }] }];
  const record = { id, summary: 'Ropes come loose', affected, database_specific: { severity: 'HIGH' } };
  return at.server.api('POST', '/advisories', { advisories: [record] });
}

function change(format: string, { id }: TestRegistry, policy: object): Promise<unknown> {
  return at.server.api('PATCH', `/virtual_registries/packages/${format}/registries/${id}`, policy);
}

function changeRules(format: string, { upstreams }: TestRegistry, rules: object[]): Promise<unknown> {
  return at.server.api('PATCH', `/virtual_registries/packages/${format}/upstreams/${upstreams[1]?.id}`, { rules });
}

describeClient('npm@machine', (npm: Client) => {
  let dora: NpmMachine;
  let registry: TestRegistry;

  beforeAll(async () => {
    await offerNpm(upstream, 'their-knot', [
      { version: '1.0.0', license: 'MIT' },
      { version: '1.0.1', license: 'GPL-3.0-only' },
      { version: '1.1.0', license: 'MIT' },
    ]);
    registry = await createRegistry(at.server, at.acme, 'npm', [gid.project(at.secret.id), { url: upstream.url }]);
    dora = await npmMachine(npm, { registry: `${registry.url}/`, token: at.developer.token });
  });

  async function install(range: string): Promise<{ readonly version: string; readonly said: string }> {
    const consumer = await dora.consumer({ 'their-knot': range });
    const { stdout, stderr } = await dora.run(['install'], { cwd: consumer });
    return { version: await required(consumer, 'their-knot'), said: stdout + stderr };
  }

  test('a vulnerable version that is warned of is installed, and npm prints why not to', async () => {
    await change('npm', registry, { advisory_action: 'warn' });
    const { version, said } = await install('^1.0.0');
    expect(version).toBe('their-knot@1.1.0');
    expect(said).toContain('The advisory GHSA-npm-1 (high) speaks of this version: Ropes come loose.');
  });

  test('one that is blocked is passed over, and can not be asked for', async () => {
    await change('npm', registry, { advisory_action: 'block' });
    expect((await install('^1.0.0')).version).toBe('their-knot@1.0.1');
    const consumer = await dora.consumer({ 'their-knot': '1.1.0' });
    expect(await dora.fails(['install'], { cwd: consumer })).toContain('ETARGET');
  });

  test('so is one with a license that is denied', async () => {
    await changeRules('npm', registry, [{ kind: 'deny', name: '*', license: 'GPL*' }]);
    expect((await install('^1.0.0')).version).toBe('their-knot@1.0.0');
  });
});

describeClient('pip@26', (pip: Client) => {
  let box: PythonMachine;
  let registry: TestRegistry;

  beforeAll(async () => {
    const licenses = { '1.0': 'MIT', '1.0.1': 'GPL-3.0-only', '1.1': 'MIT' };
    const files = Object.entries(licenses).map(([version, license]) => {
      const made = wheel({ name: 'their-knot', version, headers: [`License-Expression: ${license}`] });
      const { fileName, sha256, bytes, metadata } = made;
      upstream.on(`/files/${fileName}`, bytes);
      upstream.on(`/files/${fileName}.metadata`, metadata);
      return { filename: fileName, url: `../../files/${fileName}`, hashes: { sha256 }, 'core-metadata': true };
    });
    const page = JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'their-knot', files });
    upstream.on('/simple/their-knot/', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' }).end(page);
    });
    const url = `${upstream.url}/simple`;
    registry = await createRegistry(at.server, at.acme, 'pypi', [gid.project(at.secret.id), { url }]);
    box = await pythonMachine(pip);
  });

  const install = (folder: string, wanted: string): string[] => {
    const index = withLogin(`${registry.url}/simple/`, [at.developer.username, at.developer.token]);
    return ['install', '--target', folder, '--index-url', index, wanted];
  };
  const got = async (folder: string): Promise<unknown> => installed(path.join(box.home, folder));

  test('a vulnerable version is passed over, and can not be asked for', async () => {
    await box.ok(install('before', 'their-knot'));
    expect(await got('before')).toEqual({ 'their-knot': '1.1' });
    await change('pypi', registry, { advisory_action: 'block' });
    await box.ok(install('blocked', 'their-knot>=1'));
    expect(await got('blocked')).toEqual({ 'their-knot': '1.0.1' });
    expect(await box.fails(install('none', 'their-knot==1.1'))).toMatch(/from versions: 1\.0, 1\.0\.1\)/);
  });

  test('so is one with a license that is denied', async () => {
    await changeRules('pypi', registry, [{ kind: 'deny', name: '*', license: 'GPL*' }]);
    await box.ok(install('licensed', 'their-knot'));
    expect(await got('licensed')).toEqual({ 'their-knot': '1.0' });
  });
});
