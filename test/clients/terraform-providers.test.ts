import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import {
  manifestFile,
  providerArchive,
  publisher,
  type ReleaseFile,
  sumsFile,
} from '../harness/terraform-providers.ts';
import { describeClient } from './client.ts';
import {
  credentials,
  type SecureScene,
  secureScene,
  servicesOf,
  type TerraformMachine,
  terraformMachine,
} from './terraform-machine.ts';

let at: SecureScene;
let uploads: string;

/** Terraform asks no mirror for a host with a port, so the providers are those of `127.0.0.1`. */
const name = '127.0.0.1';
const here = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
const elsewhere = ['darwin_arm64', 'windows_amd64'];
const own = publisher();

beforeAll(async () => {
  at = await secureScene();
  uploads = `/projects/${at.secret.id}/packages/terraform_provider`;
  await put('/signing-keys', Buffer.from(own.armored), at.maintainer.token);
  for (const platform of [here, ...elsewhere])
    await putFile('demo', '1.0.0', providerArchive('demo', '1.0.0', platform));
  await at.server.api('POST', `${uploads}/demo/1.0.0/release`, undefined, at.developer.token);
  const files = [here, ...elsewhere].map((platform) => providerArchive('demo', '1.1.0', platform));
  const manifest = manifestFile('demo', '1.1.0', ['6.0']);
  const sums = sumsFile('demo', '1.1.0', [...files, manifest]);
  for (const file of [sums, own.sign(sums), manifest, ...files]) await putFile('demo', '1.1.0', file);
  await putFile('demo', '1.2.0', providerArchive('demo', '1.2.0', here));
  return at.end;
});

async function put(below: string, body: Buffer, token: string): Promise<void> {
  const url = `${at.server.url}/api/v4${uploads}${below}`;
  const answer = await fetch(url, { method: 'PUT', headers: { 'private-token': token }, body: Uint8Array.from(body) });
  expect([answer.status, await answer.text()]).toEqual([201, expect.anything()]);
}

const putFile = (type: string, version: string, file: ReleaseFile): Promise<void> =>
  put(`/${type}/${version}/${file.name}`, file.body, at.developer.token);

const requiring = (source: string, version: string): string =>
  `terraform {\n  required_providers {\n    demo = {\n      source  = "${source}"\n      version = "${version}"\n    }\n  }\n}\n`;

const mirror = (base: string): string =>
  `provider_installation {\n  network_mirror {\n    url = "https://${at.host}/api/v4${base}/mirror/"\n  }\n}\n`;

describeClient('terraform@1.15', (terraform) => {
  let box: TerraformMachine;

  beforeAll(async () => {
    box = await terraformMachine(terraform, at);
  });

  const lock = (folder: string): Promise<string> => readFile(path.join(folder, '.terraform.lock.hcl'), 'utf8');

  const program = (folder: string, source: string, version: string): Promise<string> => {
    const file = `.terraform/providers/${source}/${version}/${here}/terraform-provider-demo_v${version}`;
    return readFile(path.join(folder, file), 'utf8');
  };

  test('a provider that the registry signed, found by discovery', async () => {
    const source = `${at.host}/acme/demo`;
    const folder = await box.init({
      config: requiring(source, '1.0.0'),
      settings: credentials(at.host, at.guest.token),
    });
    expect(await program(folder, source, '1.0.0')).toContain(`echo ${here}`);
    // Of every platform, because they are all in the signed sums.
    expect((await lock(folder)).match(/zh:[0-9a-f]{64}/g)).toHaveLength(3);
  });

  test('one that its publisher signed: the newest release, and never a draft', async () => {
    const source = `${at.host}/acme/demo`;
    const folder = await box.init({
      config: requiring(source, '>= 1.0.0'),
      settings: credentials(at.host, at.guest.token),
    });
    expect(await lock(folder)).toContain('version     = "1.1.0"');
    expect(await program(folder, source, '1.1.0')).toContain(`echo ${here}`);
  });

  test('the same through the mirror, the lock file unchanged', async () => {
    const config = requiring(`${name}/acme/demo`, '~> 1.0');
    const settings = servicesOf(name, at.host);
    const first = await box.init({ config, settings, env: { TF_TOKEN_127_0_0_1: at.guest.token } });
    const locked = await lock(first);
    expect(locked).toMatch(/h1:\S+=[\s\S]*zh:/);

    const second = await box.folder('through-mirror');
    await cp(path.join(first, '.terraform.lock.hcl'), path.join(second, '.terraform.lock.hcl'));
    const mirrored = `${credentials(at.host, at.guest.token)}${mirror('/packages/terraform_provider')}`;
    await box.init({ config, settings: mirrored, folder: second });
    expect(await lock(second)).toBe(locked);
    expect(await program(second, `${name}/acme/demo`, '1.1.0')).toContain(`echo ${here}`);

    // Without a lock file the mirror's own hash is checked and taken.
    const fresh = await lock(await box.init({ config, settings: mirrored }));
    expect(locked).toContain(/"(h1:[^"]+)"/.exec(fresh)?.[1]);
  });

  test('somebody else’s provider, by the mirror of the group that holds it', async () => {
    const archive = providerArchive('demo', '3.2.0', here);
    await put(`/mirror/registry.terraform.io/vendor/demo/3.2.0/${archive.name}`, archive.body, at.developer.token);
    const config = requiring('vendor/demo', '3.2.0');
    const token = credentials(at.host, at.guest.token);
    const group = mirror(`/groups/${at.acme.id}/-/packages/terraform_provider`);
    const folder = await box.init({ config, settings: `${token}${group}` });
    expect(await program(folder, 'registry.terraform.io/vendor/demo', '3.2.0')).toContain(`echo ${here}`);
    // Whoever has a project can't speak for the vendor to everybody.
    const said = await box.initFails({ config, settings: `${token}${mirror('/packages/terraform_provider')}` });
    expect(said).toContain('was not found');
  });

  test('without a token, with a wrong one, and by somebody who may not', async () => {
    const config = requiring(`${at.host}/acme/demo`, '1.0.0');
    expect(await box.initFails({ config })).toContain('requires authentication credentials');
    const settings = credentials(at.host, 'wrong-token');
    expect(await box.initFails({ config, settings })).toContain('rejected the given authentication');
    const stranger = credentials(at.host, at.stranger.token);
    expect(await box.initFails({ config, settings: stranger })).toContain('does not have a provider named');
    const throughMirror = {
      config: requiring(`${name}/acme/demo`, '1.0.0'),
      settings: mirror('/packages/terraform_provider'),
    };
    expect(await box.initFails(throughMirror)).toContain('authentication credentials');
  });
});
