import { describe, expect, test } from 'vitest';
import type { UpstreamSteps } from '../../upstream-protocol.ts';
import { addressedProvider, foreignProvider } from './names.ts';
import { providerRelease } from './release-list.ts';
import { providerUpstream } from './upstream.ts';
import { type ProviderList, providerVersions } from './version-list.ts';

const base = new URL('https://up.example');
const name = addressedProvider({ namespace: 'Hashi', type: 'net' });
const foreign = (hostname: string) => foreignProvider({ hostname, namespace: 'Hashi', type: 'net' });
const discovery = 'https://up.example/.well-known/terraform.json';
const provider = 'https://up.example/p/hashi/net';
const sha256 = 'a'.repeat(64);
const h1 = `h1:${'A'.repeat(43)}=`;

function walk<T>(steps: UpstreamSteps<T>, answers: Readonly<Record<string, unknown>>) {
  const paths: string[] = [];
  for (let next = steps.next(); ; ) {
    if (next.done === true) return { paths, result: next.value };
    const { path, read } = next.value;
    paths.push(path);
    const answer = answers[path];
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    next = steps.next(answer === undefined ? null : read(text, { url: path, mediaType: '', headers: {} }));
  }
}

const found = {
  filename: 'terraform-provider-net_1.0.0_linux_amd64.zip',
  download_url: 'https://files.example/net.zip',
  shasum: sha256.toUpperCase(),
  shasums_url: './SUMS',
  shasums_signature_url: '/SUMS.sig?x=1',
  signing_keys: { gpg_public_keys: [{ key_id: 'AB', ascii_armor: 'armour', source_url: 'https://up.example' }, null] },
  packages: { linux_amd64: { hashes: [h1, `zh:${sha256}`] }, darwin_arm64: { hashes: ['h1:short'] }, other: null },
};
const site = {
  [discovery]: { 'providers.v1': '/p/' },
  [`${provider}/versions`]: {
    versions: [
      {
        version: '1.0.0',
        protocols: ['5.0', 7],
        platforms: [{ os: 'linux', arch: 'amd64' }, { os: 'darwin', arch: 'arm64' }, { os: '../x', arch: 'amd64' }, {}],
      },
      { version: 'v0.9.0', published_at: '2020-01-01T00:00:00Z' },
      { version: 'latest' },
    ],
  },
  [`${provider}/1.0.0`]: { published_at: '2022-01-01T00:00:00Z' },
  [`${provider}/1.0.0/download/linux/amd64`]: found,
};
const wanted = { kind: providerVersions, name, dates: false };
const fileName = found.filename;
const file = { name, versionKey: '1.0.0', fileName, role: null, sha256: null, dates: false };

describe('a registry', () => {
  test('lists versions and platforms; digests stand elsewhere', () => {
    const { paths, result } = walk(providerUpstream.document(wanted, base), site);
    expect(paths).toEqual([discovery, `${provider}/versions`]);
    const { versions } = result as ProviderList;
    expect(versions.map(({ version }) => version)).toEqual(['0.9.0', '1.0.0']);
    expect(versions[1]?.protocols).toEqual(['5.0']);
    expect(versions[1]?.platforms.map((one) => one.fileName)).toEqual([
      fileName,
      fileName.replace('linux_amd64', 'darwin_arm64'),
    ]);
    expect(versions[1]?.platforms[0]).toMatchObject({ sha256: null, size: null });
  });

  test('tells of one version its keys and the hashes that it knows', () => {
    const { result } = walk(
      providerUpstream.document({ ...wanted, kind: providerRelease('1.0.0'), dates: true }, base),
      site,
    );
    expect(result).toMatchObject({
      releases: [
        {
          version: '1.0.0',
          publishedAt: Date.UTC(2022, 0, 1),
          keys: [{ keyId: 'AB', armored: 'armour', trustSignature: '', source: '' }],
          platforms: [{ h1 }, { h1: null }],
          hasSums: true,
        },
      ],
    });
    expect(
      walk(providerUpstream.document({ ...wanted, kind: providerRelease('0.9.0') }, base), site).result,
    ).toBeNull();
    expect(
      walk(providerUpstream.document({ ...wanted, kind: providerRelease('9.0.0') }, base), site).result,
    ).toBeNull();
  });

  test('has files: the archive with its digest, sums and signature as what they are', () => {
    const at = (wantedFile: string) =>
      walk(providerUpstream.file({ ...file, fileName: wantedFile }, base), site).result;
    const common = { name, version: '1.0.0', publishedAt: null };
    expect(at(fileName)).toEqual({ ...common, path: found.download_url, digests: { sha256 }, looksLike: 'zip' });
    const stem = 'terraform-provider-net_1.0.0_SHA256SUMS';
    const folder = `${provider}/1.0.0/download/linux`;
    expect(at(stem)).toEqual({ ...common, path: `${folder}/SUMS`, digests: {}, looksLike: 'digests' });
    expect(at(`${stem}.sig`)).toEqual({
      ...common,
      path: 'https://up.example/SUMS.sig?x=1',
      digests: {},
      looksLike: 'openpgp',
    });
    for (const other of ['terraform-provider-net_1.0.0_manifest.json', 'x.zip', fileName.replace('linux', 'plan9')])
      expect(at(other)).toBeNull();
  });

  test('that calls an archive otherwise can not be relayed', () => {
    const answers = { ...site, [`${provider}/1.0.0/download/linux/amd64`]: { ...found, filename: 'x.zip' } };
    expect(walk(providerUpstream.file(file, base), answers).result).toEqual({
      notRelayed: expect.stringContaining('x.zip') as string,
    });
  });

  test.each([{ shasum: 'x' }, { download_url: 1 }, { shasums_url: '' }, { shasums_signature_url: 'https://[' }])(
    'that answers %o talks nonsense',
    (lies) => {
      const answers = { ...site, [`${provider}/1.0.0/download/linux/amd64`]: { ...found, ...lies } };
      expect(() => walk(providerUpstream.file(file, base), answers)).toThrow();
    },
  );
});

describe('whom a mirror’s question is passed on to', () => {
  const index = (host: string, at = 'https://up.example'): string => `${at}/${host}/hashi/net/index.json`;

  test('a registry, for its own host, with a port or without', () => {
    const paths = [discovery, `${provider}/versions`];
    expect(walk(providerUpstream.document({ ...wanted, name: foreign('up.example') }, base), site).paths).toEqual(
      paths,
    );
    const other = walk(providerUpstream.document({ ...wanted, name: foreign('other.example') }, base), site);
    expect(other).toEqual({ paths: [discovery], result: null });
  });

  test('a host that is no registry, as a mirror of any host; it knows no names without one', () => {
    const answers = {
      [index('other.example')]: { versions: { '1.0.0': {}, x: {} } },
      'https://up.example/other.example/hashi/net/1.0.0.json': {
        archives: {
          linux_amd64: { url: 'net.zip', hashes: [h1] },
          darwin_arm64: { url: '/net.zip', hashes: ['x', `zh:${sha256}`] },
          windows_amd64: { url: 'unknown.zip' },
          '../..': { url: 'x.zip', hashes: [h1] },
        },
      },
    };
    const mirrored = foreign('Other.example');
    const { paths, result } = walk(providerUpstream.document({ ...wanted, name: mirrored }, base), answers);
    expect(paths).toEqual([discovery, index('other.example')]);
    expect((result as ProviderList).versions.map(({ version }) => version)).toEqual(['1.0.0']);
    const kind = providerRelease('1.0.0');
    expect(
      walk(providerUpstream.document({ ...wanted, name: mirrored, kind, dates: true }, base), answers).result,
    ).toMatchObject({
      releases: [
        {
          platforms: [
            { h1, sha256: null },
            { h1: null, sha256 },
          ],
          keys: [],
          hasSums: false,
        },
      ],
    });
    expect(walk(providerUpstream.file({ ...file, name: mirrored }, base), answers).result).toMatchObject({
      path: 'https://up.example/other.example/hashi/net/net.zip',
      digests: {},
      looksLike: 'zip',
    });
    const sums = 'terraform-provider-net_1.0.0_SHA256SUMS';
    expect(walk(providerUpstream.file({ ...file, name: mirrored, fileName: sums }, base), answers).result).toBeNull();
    expect(walk(providerUpstream.document(wanted, base), {})).toEqual({ paths: [discovery], result: null });
  });

  test('the address of a service, as either', () => {
    const at = new URL('https://up.example/p');
    const to = (host: string, answers = {}) =>
      walk(providerUpstream.document({ ...wanted, name: foreign(host) }, at), answers).paths;
    expect(to('up.example', site)).toEqual([`${provider}/versions`, `${provider}/versions`]);
    expect(to('up.example')).toEqual([`${provider}/versions`, index('up.example', at.href)]);
    expect(to('other.example')).toEqual([index('other.example', at.href)]);
    expect(walk(providerUpstream.document(wanted, at), {}).paths).toEqual([`${provider}/versions`]);
  });
});

test('which group an address begins with, how people write it, and rules', () => {
  expect(providerUpstream.inGroup(name)).toEqual({ group: 'hashi', nameKey: 'net' });
  expect(providerUpstream.inGroup(foreign('up.example'))).toBeNull();
  expect(providerUpstream.explains('Hashi/net').name).toEqual(name);
  expect(providerUpstream.explains('Up.example/Hashi/net').name).toEqual(foreign('up.example'));
  for (const text of ['net', '/net', 'a/b/c/d', '../net', 'Hashi/Net'])
    expect(() => providerUpstream.explains(text)).toThrow();
  expect(providerUpstream.spelling('Up.example/Hashi/*')).toBe('hashi/*');
});
