/** Virtual registries of a private project here, of another Packyard, and of one whose modules lie in Git. */
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { startServer } from '../harness/server.ts';
import { tarball } from '../harness/tarball.ts';
import { providerArchive } from '../harness/terraform-providers.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';
import { describeClient } from './client.ts';
import {
  credentials,
  type SecureScene,
  secureScene,
  servicesAt,
  type TerraformMachine,
  terraformMachine,
} from './terraform-machine.ts';

const hour = 3_600_000;
/** The host that sources name when they name none. */
const standard = 'registry.terraform.io';
const here = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
let now = Date.now();
let at: SecureScene;
let other: TestServer;
let inGit: FakeUpstream;
let mounts: { readonly modules: TestRegistry; readonly providers: TestRegistry; readonly git: TestRegistry };
let isStopped = false;

beforeAll(async () => {
  at = await secureScene({ now: () => now, settings: { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  other = await startServer({ now: () => now });
  inGit = await fakeUpstream();
  const group = await other.createGroup('elsewhere', 'private');
  const project = await other.createProject('elsewhere/app', 'private');
  now -= 48 * hour;
  await publishBoth(other, project, 'net', '1.0.0', 'theirs');
  now += 47 * hour;
  await publishBoth(other, project, 'net', '1.1.0', 'theirs');
  now += hour;
  await publishBoth(at.server, at.secret, 'lace', '1.0.0', 'ours');
  const scopes = ['read_package_registry'];
  const { token, username } = await other.createToken({ kind: 'deploy', of: group, scopes, username: 'proxy' });
  const make = (format: string): Promise<TestRegistry> =>
    createRegistry(at.server, at.acme, format, [
      gid.project(at.secret.id),
      { url: other.url, username, password: token },
    ]);
  inGit.on('/.well-known/terraform.json', { 'modules.v1': '/modules/' });
  inGit.on('/modules/elsewhere/net/aws/versions', { modules: [{ versions: [{ version: '1.0.0' }] }] });
  inGit.on('/modules/elsewhere/net/aws/1.0.0/download', (_request, response) => {
    response.writeHead(204, { 'x-terraform-get': 'git::ssh://git@example.com/net.git?ref=v1.0.0' }).end();
  });
  inGit.on('/modules/elsewhere/tree/aws/versions', {
    modules: [{ versions: [{ version: '1.0.0' }, { version: '2.0.0' }] }],
  });
  for (const [version, folder] of [
    ['1.0.0', 'tree-abc'],
    ['2.0.0', 'tree-abc/modules/part'],
  ] as const) {
    inGit.on(`/modules/elsewhere/tree/aws/${version}/download`, (_request, response) => {
      response.writeHead(204, { 'x-terraform-get': `/tree.tgz//${folder}` }).end();
    });
  }
  const files = [
    { name: 'tree-abc/main.tf', content: 'output "text" {\n  value = "top"\n}\n' },
    { name: 'tree-abc/modules/part/main.tf', content: 'output "text" {\n  value = "part"\n}\n' },
  ];
  inGit.on('/tree.tgz', await tarball(files));
  mounts = {
    modules: await make('terraform'),
    providers: await make('terraform_provider'),
    git: await createRegistry(at.server, at.acme, 'terraform', [inGit.url]),
  };
});
afterAll(async () => {
  await stopUpstream();
  await inGit.close();
  await at.end();
});

/** A module and a provider of that name. */
async function publishBoth(
  { url, rootToken }: TestServer,
  { id }: TestProject,
  name: string,
  version: string,
  text: string,
): Promise<void> {
  const api = `${url}/api/v4/projects/${id}/packages`;
  const send = async (method: string, to: string, body?: Buffer): Promise<void> => {
    const sent = body === undefined ? {} : { body: Uint8Array.from(body) };
    const answer = await fetch(`${api}/${to}`, { method, headers: { 'private-token': rootToken }, ...sent });
    expect([answer.status, await answer.text()]).toEqual([201, expect.anything()]);
  };
  const content = `output "text" {\n  value = "${text} ${version}"\n}\n`;
  await send('PUT', `terraform/modules/${name}/aws/${version}/file`, await tarball([{ name: 'main.tf', content }]));
  for (const platform of [here, 'windows_amd64']) {
    const archive = providerArchive(name, version, platform, `${text} ${platform}`);
    await send('PUT', `terraform_provider/${name}/${version}/${archive.name}`, archive.body);
  }
  await send('POST', `terraform_provider/${name}/${version}/release`);
}

async function stopUpstream(): Promise<void> {
  if (isStopped) return;
  isStopped = true;
  await other.stop();
}

const modules = (...calls: readonly (readonly [name: string, source: string, version: string])[]): string =>
  calls
    .map(([name, source, version]) => `module "${name}" {\n  source = "${source}"\n  version = "${version}"\n}\n`)
    .join('');

const provider = (name: string, source: string, version: string): string =>
  `terraform {\n  required_providers {\n    ${name} = {\n      source  = "${source}"\n      version = "${version}"\n    }\n  }\n}\n`;

describeClient('terraform@1.15', (terraform) => {
  let box: TerraformMachine;

  beforeAll(async () => {
    box = await terraformMachine(terraform, at);
  });

  /** The virtual registries in the place of the standard one, and of a host's own. */
  const settings = (git = false): string =>
    [standard, '127.0.0.1']
      .map((host) => {
        const { modules: all, providers } = mounts;
        const services = servicesAt(host, { modules: git ? mounts.git.url : all.url, providers: providers.url });
        return `${services}${credentials(host, at.guest.token)}`;
      })
      .join('');
  const mirror = (): string =>
    `provider_installation {\n  network_mirror {\n    url = "${mounts.providers.url}/mirror/"\n  }\n}\n`;
  const policy = async (change: object): Promise<void> => {
    for (const [format, { id }] of [
      ['terraform', mounts.modules],
      ['terraform_provider', mounts.providers],
    ] as const)
      await at.server.api('PATCH', `/virtual_registries/packages/${format}/registries/${id}`, change);
  };

  const lock = (folder: string): Promise<string> => readFile(path.join(folder, '.terraform.lock.hcl'), 'utf8');
  const said = async (folder: string, name: string): Promise<string> =>
    /value = "(.*)"/.exec(await readFile(path.join(folder, `.terraform/modules/${name}/main.tf`), 'utf8'))?.[1] ?? '';
  const both = `${modules(['theirs', 'elsewhere/net/aws', '~> 1.0'], ['ours', '127.0.0.1/acme/lace/aws', '1.0.0'])}${provider('net', 'elsewhere/net', '~> 1.0')}`;

  test('modules and providers of ours and theirs, with the lock file that their own registry gives', async () => {
    const folder = await box.init({ config: both, settings: settings() });
    expect([await said(folder, 'theirs'), await said(folder, 'ours')]).toEqual(['theirs 1.1.0', 'ours 1.0.0']);
    const theirs = `${other.url}/api/v4/packages`;
    const direct = servicesAt(standard, {
      modules: `${theirs}/terraform`,
      providers: `${theirs}/terraform_provider`,
    });
    const straight = await box.init({
      config: provider('net', 'elsewhere/net', '~> 1.0'),
      settings: `${direct}${credentials(standard, other.rootToken)}`,
    });
    expect(await lock(folder)).toBe(await lock(straight));
    expect((await lock(folder)).match(/zh:[0-9a-f]{64}/g)).toHaveLength(2);
    const file = `.terraform/providers/${standard}/elsewhere/net/1.1.0/${here}/terraform-provider-net_v1.1.0`;
    expect(await readFile(path.join(folder, file), 'utf8')).toContain('echo theirs');
  });

  test('the same through the mirror, the lock file unchanged', async () => {
    const config = provider('net', '127.0.0.1/elsewhere/net', '1.1.0');
    const first = await box.init({ config, settings: settings() });
    const locked = await lock(first);
    const second = await box.folder('through-mirror');
    await cp(path.join(first, '.terraform.lock.hcl'), path.join(second, '.terraform.lock.hcl'));
    const mirrored = `${credentials(at.host, at.guest.token)}${mirror()}`;
    await box.init({ config, settings: mirrored, folder: second });
    expect(await lock(second)).toBe(locked);
    const fresh = await lock(await box.init({ config, settings: mirrored }));
    expect(locked).toContain(/"(h1:[^"]+)"/.exec(fresh)?.[1]);
  });

  test('a minimum age hides what is young; without a token there is nothing', async () => {
    await policy({ minimum_release_age_hours: 24 });
    const folder = await box.init({ config: both, settings: settings() });
    expect(await said(folder, 'theirs')).toBe('theirs 1.0.0');
    expect(await lock(folder)).toContain('version     = "1.0.0"');
    const young = modules(['theirs', 'elsewhere/net/aws', '1.1.0']);
    expect(await box.initFails({ config: young, settings: settings() })).toContain('no available version');
    await policy({ minimum_release_age_hours: 0 });
    const bare = settings().replace(/credentials "[^"]*" \{[^}]*\}/g, '');
    expect(await box.initFails({ config: young, settings: bare })).toContain('401 Unauthorized');
  });

  test('what lies in Git is told so', async () => {
    const config = modules(['theirs', 'elsewhere/net/aws', '1.0.0']);
    const message = await box.initFails({ config, settings: settings(true) });
    expect(message).toContain("elsewhere/net/aws 1.0.0 comes by Git: it can't be kept here.");
  });

  test('an archive with one folder in it, as GitHub makes them', async () => {
    for (const [version, text] of [
      ['1.0.0', 'top'],
      ['2.0.0', 'part'],
    ] as const) {
      const config = modules(['tree', 'elsewhere/tree/aws', version]);
      const folder = await box.init({ config, settings: settings(true) });
      const list = await readFile(path.join(folder, '.terraform/modules/modules.json'), 'utf8');
      const dir = /"Key":"tree"[^}]*"Dir":"([^"]+)"/.exec(list)?.[1] ?? '';
      expect(await readFile(path.join(folder, dir, 'main.tf'), 'utf8')).toContain(`"${text}"`);
    }
  });

  test('another machine, after the upstream has stopped', async () => {
    await stopUpstream();
    now += 48 * hour;
    box = await terraformMachine(terraform, at);
    const folder = await box.init({ config: both, settings: settings() });
    expect(await said(folder, 'theirs')).toBe('theirs 1.1.0');
    expect(await lock(folder)).toContain('version     = "1.1.0"');
    const cold = modules(['theirs', 'elsewhere/never/aws', '1.0.0']);
    expect(await box.initFails({ config: cold, settings: settings() })).toMatch(/502|giving up/);
  });
});
