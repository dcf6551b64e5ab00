import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { tarball } from '../harness/tarball.ts';
import type { TestProject } from '../harness/types.ts';
import { zip } from '../harness/zip.ts';
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

beforeAll(async () => {
  at = await secureScene();
  await upload(at.open, 'hello', '1.0.0', await moduleTar('1.0.0'));
  await upload(at.open, 'hello', '1.1.0', moduleZip('1.1.0'));
  await upload(at.open, 'hello', '1.2.0-rc.1', await moduleTar('1.2.0-rc.1'));
  await upload(at.open, 'hello', '2.0.0', await moduleTar('2.0.0'));
  await upload(at.secret, 'vault', '1.0.0', await moduleTar('secret'));
  return at.end;
});

const files = (text: string) => [
  {
    name: 'main.tf',
    text: `output "version" {\n  value = "${text}"\n}\nmodule "part" {\n  source = "./modules/part"\n}\n`,
  },
  { name: 'README.md', text: '# Hello\n' },
  { name: 'modules/part/main.tf', text: 'output "part" {\n  value = 1\n}\n' },
];

function moduleTar(text: string): Promise<Buffer> {
  return tarball(files(text).map(({ name, text: content }) => ({ name: `./${name}`, content })));
}

function moduleZip(text: string): Buffer {
  return zip(files(text).map(({ name, text: body }) => ({ name, body, mode: 0o100644 })));
}

async function upload({ id }: TestProject, name: string, version: string, body: Buffer): Promise<void> {
  const url = `${at.server.url}/api/v4/projects/${id}/packages/terraform/modules/${name}/local/${version}/file`;
  const headers = { 'private-token': at.developer.token };
  const answer = await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(body) });
  expect([answer.status, await answer.text()]).toEqual([201, '{"message":"201 Created"}']);
}

const call = (source: string, version?: string): string =>
  `module "m" {\n  source = "${source}"\n${version === undefined ? '' : `  version = "${version}"\n`}}\n`;

describeClient('terraform@1.15', (terraform) => {
  let box: TerraformMachine;

  beforeAll(async () => {
    box = await terraformMachine(terraform, at);
  });

  /** What the installed module says of itself. */
  const installed = async (folder: string): Promise<string> =>
    /value = "(.*)"/.exec(await readFile(path.join(folder, '.terraform/modules/m/main.tf'), 'utf8'))?.[1] ?? '';

  test.each([
    ['~> 1.0', '1.1.0'],
    ['1.0.0', '1.0.0'],
    ['>= 1.0.0', '2.0.0'],
    ['1.2.0-rc.1', '1.2.0-rc.1'],
    ['< 1.1.0', '1.0.0'],
  ])('the constraint %s gives %s', async (constraint, version) => {
    const folder = await box.init({ config: call(`${at.host}/acme/hello/local`, constraint) });
    expect(await installed(folder)).toBe(version);
  });

  test('a submodule, and a version that is not there', async () => {
    const folder = await box.init({ config: call(`${at.host}/acme/hello/local//modules/part`, '1.0.0') });
    const list = await readFile(path.join(folder, '.terraform/modules/modules.json'), 'utf8');
    expect(list).toContain('"Dir":".terraform/modules/m/modules/part"');
    const said = await box.initFails({ config: call(`${at.host}/acme/hello/local`, '9.9.9') });
    expect(said).toContain('no available version');
  });

  test('a private module, by every kind of token', async () => {
    const config = call(`${at.host}/acme/vault/local`, '1.0.0');
    const { secret, server, developer, guest } = at;
    const made = [
      await server.createToken({ kind: 'personal', user: developer, scopes: ['read_api'] }),
      await server.createToken({ kind: 'access', of: secret, level: 'reporter', scopes: ['read_api'] }),
      await server.createToken({ kind: 'deploy', of: secret, scopes: ['read_package_registry'] }),
      await server.createToken({ kind: 'deploy', of: at.acme, scopes: ['read_package_registry'] }),
      { token: guest.token },
    ];
    for (const { token } of made) {
      const folder = await box.init({ config, settings: credentials(at.host, token) });
      expect(await installed(folder)).toBe('secret');
    }
  });

  test('a private module, without a token or with one that may not', async () => {
    const config = call(`${at.host}/acme/vault/local`, '1.0.0');
    expect(await box.initFails({ config })).toContain('401 Unauthorized');
    const revoked = await at.server.createToken({ kind: 'personal', user: at.developer, scopes: ['read_api'] });
    await revoked.revoke();
    for (const token of [revoked.token, 'wrong-token']) {
      expect(await box.initFails({ config, settings: credentials(at.host, token) })).toContain('401 Unauthorized');
    }
    const foreign = await at.server.createToken({ kind: 'deploy', of: at.other, scopes: ['read_package_registry'] });
    for (const token of [at.stranger.token, foreign.token]) {
      const said = await box.initFails({ config, settings: credentials(at.host, token) });
      expect(said).toMatch(/no versions|403 Forbidden/);
    }
  });

  test('TF_TOKEN_… of a host whose services are told', async () => {
    const config = call('127.0.0.1/acme/vault/local', '1.0.0');
    const settings = servicesOf('127.0.0.1', at.host);
    const folder = await box.init({ config, settings, env: { TF_TOKEN_127_0_0_1: at.guest.token } });
    expect(await installed(folder)).toBe('secret');
    const said = await box.initFails({ config, settings, env: { TF_TOKEN_127_0_0_1: 'wrong-token' } });
    expect(said).toContain('401 Unauthorized');
  });

  test('a project’s URL as the source, with .netrc where it is private', async () => {
    const urlOf = ({ id }: TestProject, name: string): string =>
      `https://${at.host}/api/v4/projects/${id}/packages/terraform/modules/${name}/local`;
    expect(await installed(await box.init({ config: call(`${urlOf(at.open, 'hello')}/1.1.0`) }))).toBe('1.1.0');
    expect(await installed(await box.init({ config: call(urlOf(at.open, 'hello')) }))).toBe('2.0.0');
    const config = call(`${urlOf(at.secret, 'vault')}/1.0.0`);
    expect(await box.initFails({ config })).toContain('401');
    const netrc = `machine ${at.host}\nlogin anybody\npassword ${at.guest.token}\n`;
    await box.write('netrc', netrc);
    const env = { NETRC: path.join(box.home, 'netrc') };
    expect(await installed(await box.init({ config, env }))).toBe('secret');
  });

  test('terraform login, and the token that it brings', async () => {
    await box.folder('.terraform.d');
    const { username, password } = at.developer;
    let opened = false;
    const said = await box.ok(['login', '-no-color', at.host], {
      env: { SSL_CERT_FILE: at.authority.ca, CHECKPOINT_DISABLE: '1', BROWSER: 'true' },
      answers: [[/Enter a value:/, 'yes']],
      watch: (printed) => {
        const url = /(https:\/\/\S+\/oauth\/authorize\S+)\s/.exec(printed)?.[1];
        if (url === undefined || opened) return;
        opened = true;
        void signIn(url, username, password);
      },
    });
    expect(said).toContain('Success!');
    const saved = await readFile(path.join(box.home, '.terraform.d/credentials.tfrc.json'), 'utf8');
    const { token } = (JSON.parse(saved) as { credentials: Record<string, { token: string }> }).credentials[
      at.host
    ] ?? {
      token: '',
    };
    const config = call(`${at.host}/acme/vault/local`, '1.0.0');
    expect(await installed(await box.init({ config, settings: credentials(at.host, token) }))).toBe('secret');
  });
});

/** What the person's browser does. */
async function signIn(url: string, username: string, password: string): Promise<void> {
  const body = new URLSearchParams({ username, password });
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  // Terraform may hang up as soon as it has the code.
  await fetch(answer.headers.get('location') ?? '').catch(() => null);
}
