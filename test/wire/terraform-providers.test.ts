import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dearmor } from '../../src/lib/openpgp-armor.ts';
import { readPublicKeys } from '../../src/lib/openpgp-keys.ts';
import { signerOf } from '../../src/lib/openpgp-verify.ts';
import { traversalNames } from '../harness/hostile-packages.ts';
import { startServer } from '../harness/server.ts';
import {
  manifestFile,
  providerArchive,
  publisher,
  type ReleaseFile,
  sumsFile,
} from '../harness/terraform-providers.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { zip } from '../harness/zip.ts';
import { providerPath, providers, type Send, terraformWire } from './terraform-wire.ts';

let server: TestServer;
let send: Send;
let project: TestProject;
let twin: TestProject;
/** The mirror of a private group. */
const group = '/api/v4/groups/acme/-/packages/terraform_provider';
let maintainer: TestUser;
let developer: TestUser;
let guest: TestUser;
let stranger: TestUser;
const own = publisher();
const unknown = publisher('Nobody <nobody@example.test>');

beforeAll(async () => {
  server = await startServer();
  send = terraformWire(server);
  await server.createGroup('acme', 'private');
  project = await server.createProject('acme/providers', 'private');
  twin = await server.createProject('acme/twin', 'private');
  [maintainer, developer, guest, stranger] = [
    await server.createUser('mara'),
    await server.createUser('dora'),
    await server.createUser('gus'),
    await server.createUser('sten'),
  ];
  await server.addMember(project, maintainer, 'maintainer');
  await server.addMember(project, developer, 'developer');
  await server.addMember(project, guest, 'guest');
  const { status } = await send('PUT', providerPath(project, 'signing-keys'), {
    body: own.armored,
    token: maintainer.token,
  });
  expect(status).toBe(201);
});

afterAll(() => server.stop());

const put = (type: string, version: string, { name, body }: ReleaseFile, token = developer.token) =>
  send('PUT', providerPath(project, `${type}/${version}/${name}`), { body, token });

const release = (type: string, version: string) =>
  send('POST', providerPath(project, `${type}/${version}/release`), { token: developer.token });

const versions = async (type: string): Promise<string[]> => {
  const { json } = await send('GET', `${providers}/v1/acme/${type}/versions`, { token: guest.token });
  return (json['versions'] as { version: string }[] | undefined)?.map(({ version }) => version) ?? [];
};

const stemOf = (type: string): string => `terraform-provider-${type}_1.0.0`;

describe('a release', () => {
  test('that the registry signs appears as a whole', async () => {
    for (const platform of ['linux_amd64', 'darwin_arm64']) {
      expect((await put('whole', '1.0.0', providerArchive('whole', '1.0.0', platform))).json['released']).toBe(false);
      expect(await versions('whole')).toEqual([]);
    }
    // A draft can be mended until then.
    await put('whole', '1.0.0', providerArchive('whole', '1.0.0', 'linux_amd64', 'mended'));
    expect((await release('whole', '1.0.0')).status).toBe(201);
    expect(await versions('whole')).toEqual(['1.0.0']);

    const located = await send('GET', `${providers}/v1/acme/whole/1.0.0/download/linux/amd64`, { token: guest.token });
    const answer = located.json as Record<string, string> & {
      signing_keys: { gpg_public_keys: { key_id: string; ascii_armor: string }[] };
    };
    const fetched = async (name: string) => (await send('GET', answer[name] ?? '', { token: null })).bytes;
    const [archive, sums, signature] = [
      await fetched('download_url'),
      await fetched('shasums_url'),
      await fetched('shasums_signature_url'),
    ];
    expect(archive.equals(providerArchive('whole', '1.0.0', 'linux_amd64', 'mended').body)).toBe(true);
    expect(sums.toString().trim().split('\n')).toHaveLength(2);
    expect(sums.toString()).toContain(`${answer['shasum']}  ${answer['filename']}\n`);
    const [key] = answer.signing_keys.gpg_public_keys;
    const keys = readPublicKeys(dearmor('PUBLIC KEY BLOCK', key?.ascii_armor ?? ''));
    expect(signerOf(signature, sums, keys)?.keyId).toBe(key?.key_id);
    const published = await send('GET', `${providers}/signing-key.asc`, { token: null });
    expect(published.bytes.toString()).toBe(key?.ascii_armor);
  });

  test('that its publisher signed appears with the last of its files, whichever that is', async () => {
    const archives = ['linux_amd64', 'windows_386'].map((platform) => providerArchive('own', '1.0.0', platform));
    const manifest = manifestFile('own', '1.0.0', ['6.0']);
    const sums = sumsFile('own', '1.0.0', [...archives, manifest]);
    for (const file of [...archives.slice(1), sums, own.sign(sums), manifest]) {
      expect((await put('own', '1.0.0', file)).json['released']).toBe(false);
    }
    const [last] = archives;
    if (last === undefined) throw new Error('there is an archive');
    expect((await put('own', '1.0.0', last)).json).toEqual({ message: '201 Created', released: true });
    const { json } = await send('GET', `${providers}/v1/acme/own/1.0.0/download/linux/amd64`);
    expect(json).toMatchObject({ protocols: ['6.0'], signing_keys: { gpg_public_keys: [{ key_id: own.keyId }] } });
  });

  test('never changes, and is made once however many ask', async () => {
    await put('once', '1.0.0', providerArchive('once', '1.0.0', 'linux_amd64'));
    const answers = await Promise.all(Array.from({ length: 6 }, () => release('once', '1.0.0')));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403, 403, 403, 403, 403]);
    const sums = sumsFile('once', '1.0.0', [providerArchive('once', '1.0.0', 'linux_amd64')]);
    for (const file of [providerArchive('once', '1.0.0', 'darwin_arm64'), sums, own.sign(sums)]) {
      expect((await put('once', '1.0.0', file)).status).toBe(403);
    }
    const { json } = await send('GET', `${providers}/v1/acme/once/1.0.0/download/linux/amd64`);
    const signature = (await send('GET', json['shasums_signature_url'] as string, { token: null })).bytes;
    const stored = (await send('GET', json['shasums_url'] as string, { token: null })).bytes;
    const { signing_keys: keys } = json as { signing_keys: { gpg_public_keys: { ascii_armor: string }[] } };
    const armored = keys.gpg_public_keys[0]?.ascii_armor ?? '';
    expect(signerOf(signature, stored, readPublicKeys(dearmor('PUBLIC KEY BLOCK', armored)))).not.toBeNull();
  });

  test('needs all that its sums name, the right bytes, and a key that is known', async () => {
    const archive = providerArchive('strict', '1.0.0', 'linux_amd64');
    expect((await release('strict', '1.0.0')).status).toBe(404);
    const sums = sumsFile('strict', '1.0.0', [archive, providerArchive('strict', '1.0.0', 'darwin_arm64')]);
    expect((await put('strict', '1.0.0', own.sign(sums))).status).toBe(412);
    await put('strict', '1.0.0', sums);
    expect((await put('strict', '1.0.0', unknown.sign(sums))).json['message']).toContain('does not know');
    const wrong = own.sign({ ...sums, body: Buffer.from('other') });
    expect((await put('strict', '1.0.0', wrong)).json['message']).toContain('made of other bytes');
    const armored = { name: `${sums.name}.sig`, body: Buffer.from('-----BEGIN PGP SIGNATURE-----\n') };
    expect((await put('strict', '1.0.0', armored)).json['message']).toContain('--armor');
    expect((await put('strict', '1.0.0', { ...armored, body: Buffer.from([0xc2, 5, 4, 0]) })).status).toBe(400);
    await put('strict', '1.0.0', archive);
    expect((await release('strict', '1.0.0')).json['message']).toContain('is not there yet');
    await put('strict', '1.0.0', providerArchive('strict', '1.0.0', 'darwin_arm64', 'other bytes'));
    expect((await release('strict', '1.0.0')).json['message']).toContain('of other bytes');
    await put('strict', '1.0.0', sumsFile('strict', '1.0.0', [archive]));
    expect((await release('strict', '1.0.0')).json['message']).toContain('does not name');
    expect(await versions('strict')).toEqual([]);
  });

  test('whose sums come anew waits for another signature', async () => {
    const archive = providerArchive('anew', '1.0.0', 'linux_amd64');
    const first = sumsFile('anew', '1.0.0', [archive, providerArchive('anew', '1.0.0', 'darwin_arm64')]);
    for (const file of [first, own.sign(first), archive]) await put('anew', '1.0.0', file);
    const second = sumsFile('anew', '1.0.0', [archive]);
    expect((await put('anew', '1.0.0', second)).json['released']).toBe(false);
    expect((await put('anew', '1.0.0', own.sign(second))).json['released']).toBe(true);
  });
});

describe('what is refused', () => {
  const program = { name: 'terraform-provider-bad_v1.0.0', body: 'x', mode: 0o100755 };
  const archives: (readonly [string, Buffer])[] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not an archive')],
    ['a cut-off zip', zip([program]).subarray(0, -5)],
    ['a zip without the program', zip([{ name: 'README', body: 'x' }])],
    ['the program in a folder', zip([{ ...program, name: `bin/${program.name}` }])],
    ['a link', zip([program, { name: 'x', body: '/etc/passwd', mode: 0o120777 }])],
    ['a name twice', zip([program, program])],
    ['a bomb', zip([program, { name: 'zeros', body: Buffer.alloc(100 * 1024 ** 2) }])],
    ...traversalNames.map((name) => [name.slice(0, 30), zip([program, { name, body: 'x' }])] as const),
  ];

  test.each(archives)('%s as an archive', async (_what, body) => {
    const before = await server.storedBlobs();
    const { status, json } = await put('bad', '1.0.0', { name: `${stemOf('bad')}_linux_amd64.zip`, body });
    expect([status, json['message']]).toEqual([400, expect.stringMatching(/archive/i)]);
    expect(await server.storedBlobs()).toEqual(before);
    expect(await readdir(join(server.data, 'staging'))).toEqual([]);
  });

  test.each([
    'terraform-provider-other_1.0.0_linux_amd64.zip',
    'terraform-provider-bad_1.0.1_linux_amd64.zip',
    `${stemOf('bad')}_linux.zip`,
    `${stemOf('bad')}_Linux_amd64.zip`,
    `${stemOf('bad')}_SHA512SUMS`,
    `${stemOf('bad')}_SHA256SUMS.asc`,
    'index.json',
  ])('a file called %s', async (name) => {
    expect((await put('bad', '1.0.0', { name, body: zip([program]) })).status).toBe(400);
  });

  test.each([
    ['SHA256SUMS', 'not sums'],
    ['SHA256SUMS', `${'0'.repeat(64)}  a\n${'0'.repeat(64)}  a\n`],
    ['manifest.json', '{}'],
    ['manifest.json', '{"metadata":{"protocol_versions":["six"]}}'],
    ['manifest.json', '['],
  ])('as %s: %s', async (end, text) => {
    expect((await put('bad', '1.0.0', { name: `${stemOf('bad')}_${end}`, body: Buffer.from(text) })).status).toBe(400);
  });

  test('types that are none, and versions', async () => {
    for (const type of ['Demo', 'de_mo', '-demo', 'v1', 'mirror', 'x'.repeat(65)]) {
      const path = providerPath(project, `${type}/1.0.0/terraform-provider-${type}_1.0.0_linux_amd64.zip`);
      expect([type, (await send('PUT', path, { body: 'x' })).status]).toEqual([type, 422]);
    }
    expect((await put('demo', '1.0', providerArchive('demo', '1.0', 'linux_amd64'))).status).toBe(422);
  });

  test('whoever may not', async () => {
    const file = providerArchive('roles', '1.0.0', 'linux_amd64');
    expect((await put('roles', '1.0.0', file, guest.token)).status).toBe(403);
    expect((await put('roles', '1.0.0', file, stranger.token)).status).toBe(404);
    expect((await put('roles', '1.0.0', file, 'wrong')).status).toBe(401);
    const foreign = await server.createToken({ kind: 'deploy', of: twin, scopes: ['write_package_registry'] });
    expect((await put('roles', '1.0.0', file, foreign.token)).status).toBe(404);
    const keys = providerPath(project, 'signing-keys');
    expect((await send('PUT', keys, { body: unknown.armored, token: developer.token })).status).toBe(403);
    expect((await send('DELETE', `${keys}/${own.keyId}`, { token: developer.token })).status).toBe(403);
    expect((await send('GET', keys, { token: stranger.token })).status).toBe(404);
  });

  test('a type that another project of the group has', async () => {
    await put('taken', '1.0.0', providerArchive('taken', '1.0.0', 'linux_amd64'));
    const { name, body } = providerArchive('taken', '2.0.0', 'linux_amd64');
    expect((await send('PUT', providerPath(twin, `taken/2.0.0/${name}`), { body })).status).toBe(403);
  });
});

describe('signing keys', () => {
  test('are listed, are no packages, and can be taken away', async () => {
    const keys = providerPath(twin, 'signing-keys');
    const made = publisher('Twin <twin@example.test>');
    expect((await send('PUT', keys, { body: made.armored })).json['key_id']).toBe(made.keyId);
    expect((await send('PUT', keys, { body: made.armored })).status).toBe(201);
    const listed = (await send('GET', keys)).json as unknown as { key_id: string }[];
    expect(listed.map((one) => one.key_id)).toEqual([made.keyId]);
    expect(await server.api('GET', `/projects/${twin.id}/packages`)).toEqual([]);
    expect((await send('DELETE', `${keys}/${made.keyId.toLowerCase()}`)).status).toBe(204);
    expect((await send('DELETE', `${keys}/${made.keyId}`)).status).toBe(404);
    expect((await send('GET', keys)).json).toEqual([]);
  });

  test.each([
    '',
    'no key',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n',
    'x'.repeat(100_000),
  ])('what is none is refused: %#', async (body) => {
    expect((await send('PUT', providerPath(twin, 'signing-keys'), { body })).status).toBe(400);
  });
});

describe('the mirror', () => {
  const host = (): string => new URL(server.url).host;

  test('shows what the registry holds to those who may see it', async () => {
    const base = `${providers}/mirror/${host()}/acme/whole`;
    expect((await send('GET', `${base}/index.json`, { token: guest.token })).json).toEqual({
      versions: { '1.0.0': {} },
    });
    const { json } = await send('GET', `${base}/1.0.0.json`, { token: guest.token });
    const { archives } = json as { archives: Record<string, { url: string; hashes: string[] }> };
    const { url, hashes } = archives['linux_amd64'] ?? { url: '', hashes: [] };
    expect(hashes).toEqual([expect.stringMatching(/^h1:.{43}=$/), expect.stringMatching(/^zh:[0-9a-f]{64}$/)]);
    const address = url;
    expect((await send('GET', address, { token: null })).status).toBe(200);
    expect((await send('GET', address.replace('linux_amd64', 'darwin_arm64'), { token: null })).status).toBe(401);
    expect((await send('GET', address.replace(/\?.*/, ''), { token: null })).status).toBe(401);
    expect((await send('GET', `${base}/index.json`, { token: null })).status).toBe(401);
    expect((await send('GET', `${base}/index.json`, { token: stranger.token })).status).toBe(403);
    expect((await send('GET', `${base}/2.0.0.json`, { token: guest.token })).status).toBe(404);
  });

  test('of a group holds what others made; the instance’s does not', async () => {
    const path = 'mirror/registry.terraform.io/hashicorp/null';
    const file = providerArchive('null', '3.2.0', 'linux_amd64');
    const upload = (body: Buffer, token = developer.token) =>
      send('PUT', providerPath(project, `${path}/3.2.0/${file.name}`), { body, token });
    expect((await upload(file.body, guest.token)).status).toBe(403);
    expect((await upload(file.body)).status).toBe(201);
    expect((await upload(file.body)).status).toBe(201);
    expect((await upload(providerArchive('null', '3.2.0', 'linux_amd64', 'other').body)).status).toBe(400);
    const more = providerArchive('null', '3.2.0', 'darwin_arm64');
    await send('PUT', providerPath(project, `${path}/3.2.0/${more.name}`), { body: more.body });
    const { json } = await send('GET', `${group}/${path}/3.2.0.json`, { token: guest.token });
    const { archives } = json as { archives: Record<string, { url: string }> };
    expect(Object.keys(archives).toSorted()).toEqual(['darwin_arm64', 'linux_amd64']);
    const address = archives['linux_amd64']?.url ?? '';
    expect((await send('GET', address, { token: null })).bytes.equals(file.body)).toBe(true);
    expect((await send('GET', address.replace('linux_amd64', 'darwin_arm64'), { token: null })).status).toBe(401);
    expect((await send('GET', address.replace(/\?.*/, ''), { token: stranger.token })).status).toBe(403);
    expect((await send('GET', `${group}/${path}/index.json`, { token: stranger.token })).status).toBe(404);
    expect((await send('GET', providerPath(project, `${path}/index.json`))).status).toBe(405);
    expect((await send('GET', `${providers}/${path}/index.json`)).status).toBe(404);
    const sums = sumsFile('null', '3.2.0', [file]);
    expect((await send('PUT', providerPath(project, `${path}/3.2.0/${sums.name}`), { body: sums.body })).status).toBe(
      400,
    );
  });
});
