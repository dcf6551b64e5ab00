import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tarBomb, traversalNames } from '../harness/hostile-packages.ts';
import { startServer } from '../harness/server.ts';
import { tarball } from '../harness/tarball.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { zip } from '../harness/zip.ts';
import { moduleArchive, modulePath, registry, type Send, terraformWire } from './terraform-wire.ts';

let server: TestServer;
let send: Send;
let open: TestProject;
let secret: TestProject;
let other: TestProject;
let developer: TestUser;
let guest: TestUser;
let stranger: TestUser;
let now = Date.parse('2026-05-01T00:00:00Z');

beforeAll(async () => {
  server = await startServer({ now: () => now });
  send = terraformWire(server);
  await server.createGroup('acme', 'public');
  await server.createGroup('closed', 'private');
  open = await server.createProject('acme/open', 'public');
  secret = await server.createProject('acme/secret', 'private');
  other = await server.createProject('closed/other', 'private');
  [developer, guest, stranger] = [
    await server.createUser('dora'),
    await server.createUser('gus'),
    await server.createUser('sten'),
  ];
  await server.addMember(secret, developer, 'developer');
  await server.addMember(secret, guest, 'guest');
  await upload(open, 'shown/local', '1.0.0');
  await upload(open, 'shown/local', '1.1.0');
  await upload(secret, 'vault/local', '1.0.0');
});

afterAll(() => server.stop());

async function upload(project: TestProject, name: string, version: string, body?: Buffer) {
  const answer = await send('PUT', modulePath(project, name, version), {
    body: body ?? (await moduleArchive(version)),
  });
  expect([answer.status, answer.json]).toEqual([201, { message: '201 Created' }]);
}

describe('uploads', () => {
  test('who may', async () => {
    const put = async (project: TestProject, token: string | null) =>
      (await send('PUT', modulePath(project, 'who/local', '1.0.0'), { token, body: await moduleArchive('x') })).status;
    expect(await put(secret, null)).toBe(401);
    expect(await put(secret, 'wrong')).toBe(401);
    expect(await put(secret, guest.token)).toBe(403);
    expect(await put(secret, stranger.token)).toBe(404);
    expect(await put(open, stranger.token)).toBe(403);
    const read = await server.createToken({ kind: 'deploy', of: secret, scopes: ['read_package_registry'] });
    expect(await put(secret, read.token)).toBe(403);
    const foreign = await server.createToken({ kind: 'deploy', of: other, scopes: ['write_package_registry'] });
    expect(await put(secret, foreign.token)).toBe(404);
    expect(await put(secret, developer.token)).toBe(201);
  });

  test('once a version, however many try at once', async () => {
    const bodies = await Promise.all(Array.from({ length: 12 }, (_none, number) => moduleArchive(`try ${number}`)));
    const answers = await Promise.all(
      bodies.map((body) => send('PUT', modulePath(open, 'race/local', '1.0.0'), { body })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 11 }, () => 403),
    ]);
    const winner = answers.findIndex(({ status }) => status === 201);
    const stored = await send('GET', modulePath(open, 'race/local', '1.0.0').replace(/\/file$/, ''));
    expect(stored.bytes.equals(bodies[winner] ?? Buffer.alloc(0))).toBe(true);
    const refused = answers.find(({ status }) => status === 403)?.json['message'];
    expect(refused).toBe('A module with the same name & version already exists in the project.');
  });

  test('a name is one project’s in its group, however many try at once, and free in another group', async () => {
    const put = async (project: TestProject) =>
      send('PUT', modulePath(project, 'mine/local', '1.0.0'), { body: await moduleArchive('mine') });
    const answers = await Promise.all([put(open), put(secret)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403]);
    const refused = answers.find(({ status }) => status === 403)?.json['message'];
    expect(refused).toBe('A module with the same name already exists in the namespace.');
    expect((await put(other)).status).toBe(201);
  });

  test.each([
    ['hello/local', '1.0', /^Validation failed: Version should follow SemVer/],
    ['hello/local', 'v1.0.0', /SemVer/],
    ['hello/local', '1.0.0%2B', /SemVer/],
    ['Hello/local', '1.0.0', /^Validation failed: Name is invalid/],
    ['hel_lo/local', '1.0.0', /Name/],
    ['hello/lo.cal', '1.0.0', /Name/],
    [`${'x'.repeat(65)}/local`, '1.0.0', /Name/],
  ])('%s %s is refused', async (name, version, sentence) => {
    const { status, json } = await send('PUT', modulePath(open, name, version), { body: await moduleArchive('x') });
    expect([status, json['message']]).toEqual([422, expect.stringMatching(sentence)]);
  });

  test('GitLab has nothing at the URL without /file', async () => {
    const path = modulePath(open, 'hello/local', '1.0.0').replace(/\/file$/, '');
    expect((await send('PUT', path, { body: await moduleArchive('x') })).status).toBe(404);
  });

  test('build metadata is a part of the version', async () => {
    await upload(open, 'built/local', '1.0.0%2Bone');
    await upload(open, 'built/local', '1.0.0%2Btwo');
    const located = await send('GET', `${registry}/acme/built/local/1.0.0%2Bone/download`);
    const address = located.headers.get('x-terraform-get') ?? '';
    expect((await send('GET', address, { token: null })).bytes.equals(await moduleArchive('1.0.0%2Bone'))).toBe(true);
  });
});

describe('hostile archives', async () => {
  const archives: (readonly [string, Buffer])[] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not an archive')],
    ['a web page', Buffer.from('<html></html>')],
    ['a gzipped text', gzipSync('not a tar')],
    ['a broken archive', (await moduleArchive('x')).subarray(0, 60)],
    ['a bomb', (await tarBomb({ name: 'bomb', version: '1.0.0' }, 300 * 1024 ** 2)).tarball],
    ['a cut-off zip', zip([{ name: 'main.tf', body: 'x' }]).subarray(0, -10)],
    ['a zip with a link', zip([{ name: 'main.tf', body: '/etc/passwd', mode: 0o120777 }])],
    [
      'a zip with a name twice',
      zip([
        { name: 'main.tf', body: 'a' },
        { name: 'main.tf', body: 'b' },
      ]),
    ],
    ['a link out of the archive', await tarball([{ name: 'a/x', type: 'symlink', linkname: '../../etc/passwd' }])],
    ['a link to the root', await tarball([{ name: 'x', type: 'symlink', linkname: '/etc/passwd' }])],
    ['a device', await tarball([{ name: 'x', type: 'character-device' }])],
  ];
  for (const name of traversalNames) {
    archives.push([`a tar with ${name.slice(0, 30)}`, await tarball([{ name, content: 'x' }])]);
    archives.push([`a zip with ${name.slice(0, 30)}`, zip([{ name, body: 'x' }])]);
  }

  test.each(archives)('%s', async (_what, body) => {
    const before = await server.storedBlobs();
    const { status, json } = await send('PUT', modulePath(open, 'hostile/local', '1.0.0'), { body });
    expect([status, json['message']]).toEqual([400, expect.stringMatching(/archive/i)]);
    expect(await server.storedBlobs()).toEqual(before);
    expect(await readdir(join(server.data, 'staging'))).toEqual([]);
  });
});

test('links inside the archive, and files that are no HCL, are no fault', async () => {
  const body = await tarball([
    { name: './main.tf', content: 'resource "x" {{{ "' },
    { name: './modules/a/variables.tf', content: 'variable "v" {}\n' },
    { name: './README', type: 'symlink', linkname: 'modules/a/variables.tf' },
    { name: './modules/a/README.md', content: Buffer.from([0xff, 0xfe, 0x00]) },
  ]);
  await upload(open, 'odd/local', '1.0.0', body);
  const { json } = await send('GET', `${registry}/acme/odd/local/1.0.0`);
  expect(json).toMatchObject({
    root: { inputs: [], empty: false },
    submodules: [{ path: 'modules/a', inputs: [{ name: 'v', required: true }] }],
  });
});

describe('a ticket', () => {
  const locate = async (version: string, token: string | null = developer.token): Promise<string> => {
    const { status, headers } = await send('GET', `${registry}/acme/vault/local/${version}/download`, { token });
    expect(status).toBe(204);
    return headers.get('x-terraform-get') ?? '';
  };
  const status = async (address: string, method = 'GET') => (await send(method, address, { token: null })).status;

  test('opens its file, by HEAD and GET, more than once', async () => {
    const address = await locate('1.0.0');
    expect([await status(address, 'HEAD'), await status(address), await status(address)]).toEqual([200, 200, 200]);
    expect((await send('GET', address, { token: null })).bytes.equals(await moduleArchive('1.0.0'))).toBe(true);
  });

  test('opens nothing when it is forged, or for another file', async () => {
    await upload(secret, 'vault/local', '1.0.1');
    await upload(secret, 'safe/local', '1.0.0');
    const address = await locate('1.0.0');
    const [, id = '', rest = ''] = /token=(\d+)(-\S+)&/.exec(address) ?? [];
    const forged = [
      address.replace('/1.0.0/', '/1.0.1/'),
      address.replace('/vault/', '/safe/'),
      address.replace('/acme/', '/ACME/'),
      address.replace(id, String(Number(id) + 1)),
      address.replace(/-t\d+-/, '-t1-'),
      address.replace(/-\d{10}-/, '-9999999999-'),
      address.replace(rest, rest.slice(0, -1)),
      address.replace(/token=[^&]*/, 'token=x'),
      address.replace(/token=[^&]*/, `token=${'1'.repeat(5000)}`),
      address.replace(/token=[^&]*/, 'token='),
      address.replace(/\?.*/, ''),
    ];
    for (const one of forged) expect([one, await status(one)]).toEqual([one, 401]);
  });

  test('ends after five minutes, with its token, and with the role', async () => {
    const made = await server.createToken({ kind: 'personal', user: developer, scopes: ['read_api'] });
    const deploy = await server.createToken({ kind: 'deploy', of: secret, scopes: ['read_package_registry'] });
    const leaving = await server.createUser('lea');
    await server.addMember(secret, leaving, 'guest');
    const addresses = [
      await locate('1.0.0', made.token),
      await locate('1.0.0', deploy.token),
      await locate('1.0.0', leaving.token),
    ];
    for (const address of addresses) expect(await status(address)).toBe(200);
    await made.revoke();
    await deploy.revoke();
    await server.api('DELETE', `/projects/${secret.id}/members/${leaving.id}`);
    for (const address of addresses) expect([401, 403, 404]).toContain(await status(address));

    const late = await locate('1.0.0');
    now += 5 * 60_000 - 1_000;
    expect(await status(late)).toBe(200);
    now += 2_000;
    expect(await status(late)).toBe(401);
  });

  test('does not outlive its file', async () => {
    await upload(secret, 'short/local', '1.0.0');
    const { headers } = await send('GET', `${registry}/acme/short/local/1.0.0/download`);
    const address = headers.get('x-terraform-get') ?? '';
    const [found] = await server.api<{ id: number }[]>(
      'GET',
      `/projects/${secret.id}/packages?package_type=terraform_module&package_name=short`,
    );
    await server.api('DELETE', `/projects/${secret.id}/packages/${found?.id ?? 0}`);
    await upload(secret, 'short/local', '1.0.0', await moduleArchive('another'));
    expect(await status(address)).toBe(401);
  });

  test('is not handed to those who need none', async () => {
    const { headers } = await send('GET', `${registry}/acme/shown/local/1.0.0/download`, { token: null });
    const address = `${registry}/acme/shown/local/1.0.0/file?token=&archive=tgz`;
    expect(headers.get('x-terraform-get')).toBe(address);
    expect(await status(address)).toBe(200);
  });
});

describe('the registry protocol', () => {
  test.each<[string, string, () => string | null, number]>([
    ['a private module, anonymously', 'acme/vault/local/versions', () => null, 401],
    ['a private module, by a wrong token', 'acme/vault/local/versions', () => 'wrong', 401],
    ['a private module, by its guest', 'acme/vault/local/versions', () => guest.token, 200],
    ['a private group, by a stranger', 'closed/mine/local/versions', () => stranger.token, 403],
    ['a group that is not there', 'nowhere/mine/local/versions', () => stranger.token, 403],
    ['a group that is not there, anonymously', 'nowhere/mine/local/versions', () => null, 401],
    ['a public module, anonymously', 'acme/shown/local/versions', () => null, 200],
    ['a public module, by a wrong token', 'acme/shown/local/versions', () => 'wrong', 401],
    ['a module that is not there', 'acme/none/local', () => server.rootToken, 404],
    ['a version that is not there', 'acme/shown/local/7.0.0', () => server.rootToken, 404],
    ['what is no version', 'acme/shown/local/latest', () => server.rootToken, 404],
  ])('%s', async (_what, path, token, status) => {
    expect((await send('GET', `${registry}/${path}`, { token: token() })).status).toBe(status);
  });

  test('a module that somebody may not see looks as one that is not there', async () => {
    for (const path of ['versions', '1.0.0', '1.0.0/download', '1.0.0/file', 'download', '']) {
      const [hidden, nothing] = [
        await send('GET', `${registry}/acme/vault/local/${path}`.replace(/\/$/, ''), { token: stranger.token }),
        await send('GET', `${registry}/acme/vaults/local/${path}`.replace(/\/$/, ''), { token: stranger.token }),
      ];
      expect(hidden.status, path).toBe(nothing.status);
      expect(hidden.bytes.toString().replaceAll('vault/', 'vaults/')).toBe(nothing.bytes.toString());
    }
  });

  test('versions, the latest, and the redirect to it', async () => {
    const { json } = await send('GET', `${registry}/acme/shown/local/versions`, { token: null });
    expect(json).toMatchObject({ modules: [{ versions: [{ version: '1.0.0' }, { version: '1.1.0' }] }] });
    expect((await send('GET', `${registry}/acme/shown/local`)).json).toMatchObject({
      id: 'acme/shown/local/1.1.0',
      name: 'shown/local',
      provider: 'local',
      providers: ['local'],
      version: '1.1.0',
      versions: ['1.0.0', '1.1.0'],
    });
    const redirect = await send('GET', `${registry}/acme/shown/local/download`);
    expect([redirect.status, redirect.headers.get('location')]).toEqual([
      302,
      `${registry}/acme/shown/local/1.1.0/download`,
    ]);
  });

  test('lists and searches show what the caller may read', async () => {
    const ids = async (path: string, token: string | null) => {
      const { json } = await send('GET', `${registry}${path}`, { token });
      return (json['modules'] as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids('/search?q=vault', null)).toEqual([]);
    expect(await ids('/search?q=vault', guest.token)).toEqual(['acme/vault/local/1.0.1']);
    expect(await ids('/acme?provider=local&limit=100', null)).toContain('acme/shown/local/1.1.0');
    expect(await ids('/acme?provider=aws', null)).toEqual([]);
    const { json } = await send('GET', `${registry}?limit=1`, { token: null });
    expect(json['meta']).toMatchObject({ limit: 1, current_offset: 0, next_offset: 1 });
    const { next_url: next } = json['meta'] as { next_url: string };
    expect((await send('GET', next, { token: null })).status).toBe(200);
    expect((await send('GET', `${registry}?limit=many`)).status).toBe(400);
  });

  test('discovery, for everybody', async () => {
    const { status, headers, json } = await send('GET', '/.well-known/terraform.json', { token: null });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(json['modules.v1']).toBe(`${registry}/`);
    expect((await send('POST', '/.well-known/terraform.json')).status).toBe(405);
    // Whoever has a token that has ended must still find the login.
    expect((await send('GET', '/.well-known/terraform.json', { token: 'wrong' })).status).toBe(200);
  });
});

test('the management API calls modules what GitLab calls them', async () => {
  const path = `/projects/${open.id}/packages`;
  const listed = await server.api<{ package_type: string }[]>('GET', `${path}?package_type=terraform_module`);
  expect(new Set(listed.map((one) => one.package_type))).toEqual(new Set(['terraform_module']));
  expect(await server.api('GET', `${path}?package_type=terraform`)).toEqual([]);
  // As in GitLab, which has a page of their own for them.
  expect(await server.api('GET', path)).toEqual([]);
});

test('several projects may have a name where the settings say so, and the group shows all versions', async () => {
  const lax = await startServer({ settings: { PACKYARD_TERRAFORM_MODULE_DUPLICATE_EXCEPTION: 'shared/.*' } });
  try {
    const ask = terraformWire(lax);
    await lax.createGroup('acme');
    const [one, two] = [await lax.createProject('acme/one'), await lax.createProject('acme/two')];
    const put = async (project: TestProject, name: string, version: string) =>
      (await ask('PUT', modulePath(project, name, version), { body: await moduleArchive(version) })).status;
    expect([await put(one, 'shared/local', '1.0.0'), await put(two, 'shared/local', '2.0.0')]).toEqual([201, 201]);
    expect([await put(one, 'own/local', '1.0.0'), await put(two, 'own/local', '2.0.0')]).toEqual([201, 403]);
    const { json } = await ask('GET', `${registry}/acme/shared/local`);
    expect(json).toMatchObject({ version: '2.0.0', versions: ['1.0.0', '2.0.0'] });
    const { headers } = await ask('GET', `${registry}/acme/shared/local/1.0.0/download`);
    const file = await ask('GET', headers.get('x-terraform-get') ?? '', { token: null });
    expect(file.bytes.equals(await moduleArchive('1.0.0'))).toBe(true);
  } finally {
    await lax.stop();
  }
});
