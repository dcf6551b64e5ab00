import { describe, expect, test } from 'vitest';
import type { UpstreamRequest, UpstreamSteps } from '../upstream-protocol.ts';
import { moduleLocation } from './module-location.ts';
import { addressedModule } from './names.ts';
import { moduleUpstream } from './upstream.ts';
import { moduleVersions, type VersionList } from './version-list.ts';

const base = new URL('https://up.example');
const name = addressedModule({ namespace: 'Azure', name: 'net', system: 'aws' });
const module = 'https://up.example/m/Azure/net/aws';
const discovery = 'https://up.example/.well-known/terraform.json';

type Answer = string | { readonly get: string };

/** Answers steps by path; everything else is absent. */
function walk<T>(steps: UpstreamSteps<T>, answers: Readonly<Record<string, Answer>>) {
  const asked: UpstreamRequest[] = [];
  for (let next = steps.next(); ; ) {
    if (next.done === true) return { asked, paths: asked.map(({ path }) => path), result: next.value };
    asked.push(next.value);
    const { path, read } = next.value;
    const answer = answers[path];
    const head = { url: path, mediaType: '', headers: {} };
    if (answer === undefined) next = steps.next(null);
    else if (typeof answer === 'string') next = steps.next(read(answer, head));
    else next = steps.next(read('', { ...head, headers: { 'x-terraform-get': answer.get } }));
  }
}

const site = {
  [discovery]: JSON.stringify({ 'modules.v1': '/m', 'login.v1': {} }),
  [`${module}/versions`]: JSON.stringify({
    modules: [
      {
        source: 'https://up.example/somewhere',
        versions: [
          { version: '2.0.0', root: { providers: [{ name: 'aws', version: '>= 5', more: 1 }, null, 'x'] } },
          { version: 'v1.0.0', published_at: '2020-01-01T00:00:00Z' },
          { version: 'latest' },
          { version: '1.0.0', published_at: '2021-01-01T00:00:00Z' },
          7,
        ],
      },
    ],
  }),
  [`${module}/2.0.0/download`]: { get: './x.zip' },
  [`${module}/2.0.0`]: JSON.stringify({ published_at: '2022-01-01T00:00:00Z' }),
};
const wanted = { kind: moduleVersions, name, dates: false };

describe('documents', () => {
  test('where the host says, in order, without what Terraform passes over', () => {
    const { paths, result } = walk(moduleUpstream.document(wanted, base), site);
    expect(paths).toEqual([discovery, `${module}/versions`]);
    const { versions } = result as VersionList;
    expect(versions.map(({ version, publishedAt }) => [version, publishedAt])).toEqual([
      ['1.0.0', Date.UTC(2020, 0, 1)],
      ['2.0.0', null],
    ]);
    expect(versions[1]?.root.providers).toEqual([{ name: 'aws', source: '', version: '>= 5' }]);
  });

  test('at the address of a service', () => {
    const at = new URL('https://up.example/api/m/');
    expect(walk(moduleUpstream.document(wanted, at), {}).paths).toEqual([
      'https://up.example/api/m/Azure/net/aws/versions',
    ]);
  });

  test('dates of those that have none in the list, once', () => {
    const { asked, result } = walk(moduleUpstream.document({ ...wanted, dates: true }, base), site);
    expect(asked.at(-1)?.path).toBe(`${module}/2.0.0`);
    expect(asked.at(-1)?.goodFor).toBeGreaterThan(7 * 24 * 3_600_000);
    expect((result as VersionList).versions[1]?.publishedAt).toBe(Date.UTC(2022, 0, 1));
  });

  test('the newest versions are asked for their dates first, and none where the newest has none', () => {
    const versions = Array.from({ length: 2_000 }, (_none, minor) => ({ version: `1.${minor}.0` }));
    const many = { ...site, [`${module}/versions`]: JSON.stringify({ modules: [{ versions }] }) };
    const none = walk(moduleUpstream.document({ ...wanted, dates: true }, base), many);
    expect(none.paths).toEqual([discovery, `${module}/versions`, `${module}/1.1999.0`]);
    const first = { ...many, [`${module}/1.1999.0`]: JSON.stringify({ published_at: '2022-01-01T00:00:00Z' }) };
    const { asked } = walk(moduleUpstream.document({ ...wanted, dates: true }, base), first);
    expect(asked).toHaveLength(1_002);
    expect(asked.slice(2).every(({ spare }) => spare)).toBe(true);
  });

  test('where an archive is, for as long as addresses last', () => {
    const { asked, result } = walk(moduleUpstream.document({ ...wanted, kind: moduleLocation('2.0.0') }, base), site);
    expect(result).toEqual({ locations: [{ version: '2.0.0', publishedAt: null, archive: 'zip', folder: '' }] });
    expect(asked.at(-1)?.goodFor).toBeLessThan(5 * 60_000);
  });

  test.each([
    ['a host without modules', { ...site, [discovery]: '{"providers.v1": "/p"}' }],
    ['no discovery', {}],
    ['no versions', { ...site, [`${module}/versions`]: '{"modules": [{"versions": [], "source": null}]}' }],
  ])('%s is no module', (_what, answers) => {
    expect(walk(moduleUpstream.document(wanted, base), answers).result).toBeNull();
  });

  test.each(['[]', 'null', '"x"', '<html>'])('%s for discovery is nonsense', (text) => {
    expect(() => walk(moduleUpstream.document(wanted, base), { [discovery]: text })).toThrow();
  });

  test.each(['{}', '{"modules": []}', '{"modules": 1}', 'null'])('%s for versions is nonsense', (text) => {
    const answers = { ...site, [`${module}/versions`]: text };
    expect(() => walk(moduleUpstream.document(wanted, base), answers)).toThrow();
  });
});

describe('files', () => {
  const file = { name, versionKey: '2.0.0', fileName: 'net-aws-2.0.0.archive', role: null, sha256: null, dates: false };

  test('the archive that the registry names', () => {
    expect(walk(moduleUpstream.file(file, base), site).result).toEqual({
      path: `${module}/2.0.0/x.zip`,
      name,
      version: '2.0.0',
      publishedAt: null,
      digests: {},
      looksLike: 'zip',
    });
    expect(walk(moduleUpstream.file({ ...file, dates: true }, base), site).result).toMatchObject({
      publishedAt: Date.UTC(2022, 0, 1),
    });
  });

  test.each([{ fileName: 'net-aws-2.0.0.zip' }, { versionKey: '9.0.0' }, { name: null }, { versionKey: null }])(
    'nothing for %o',
    (change) => {
      expect(walk(moduleUpstream.file({ ...file, ...change }, base), site).result).toBeNull();
    },
  );

  test('what lies in Git is not relayed, in the body that OpenTofu reads too', () => {
    for (const answer of [{ get: 'git::https://up.example/x' }, '{"location": "git::https://up.example/x"}']) {
      const { result } = walk(moduleUpstream.file(file, base), { ...site, [`${module}/2.0.0/download`]: answer });
      expect(result).toEqual({ notRelayed: expect.stringContaining('Azure/net/aws 2.0.0 comes by Git') as string });
    }
  });

  test.each(['{}', '{"location": ""}', ''])('%s names no source', (text) => {
    const answers = { ...site, [`${module}/2.0.0/download`]: text };
    expect(() => walk(moduleUpstream.file(file, base), answers)).toThrow();
  });
});

test('which group an address begins with, and how people write it', () => {
  expect(moduleUpstream.inGroup(name)).toEqual({ group: 'azure', nameKey: 'net/aws' });
  expect(moduleUpstream.explains('Azure/net/aws').name).toEqual(name);
  for (const text of ['net', 'net/aws', 'a/b/c/d', 'a/b/', '../net/aws', 'a/%/c'])
    expect(() => moduleUpstream.explains(text)).toThrow();
  expect(moduleUpstream.trustedOrigins(new URL('https://registry.terraform.io'))).toContain('https://github.com');
  expect(moduleUpstream.trustedOrigins(base)).toEqual([]);
});
