import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NuGetScene, nugetScene, sceneIn } from '../nuget/scene.ts';
import { askFor } from './raw-http.ts';

let scene: NuGetScene;

const dependencies = `<dependencies>
  <group targetFramework=".NETFramework4.5"><dependency id="Base" version="[1.0,2.0)" exclude="Build,Analyzers"/></group>
  <group targetFramework="net8.0"/>
  <group><dependency id="Any"/></group>
</dependencies>`;

beforeAll(async () => {
  scene = await nugetScene();
  await scene.publish(
    { id: 'Read.Me', version: '1.0.0', metadata: `${dependencies}<tags>one two</tags><title>Read it</title>` },
    { id: 'Read.Me', version: '1.0.10' },
    { id: 'Read.Me', version: '1.0.2' },
    { id: 'Read.Me', version: '1.1.0-beta' },
    { id: 'Read.Me', version: '1.1.0-Beta.2+build5' },
    {
      id: 'Old.Reader',
      version: '1.0.0',
      metadata: '<dependencies><dependency id="x" version="1.0.0-a.b"/></dependencies>',
    },
    { id: 'A.Tool', version: '1.0.0', metadata: '<packageTypes><packageType name="DotnetTool"/></packageTypes>' },
    { id: 'Only.Pre', version: '0.1.0-alpha', metadata: '<tags>rare</tags>' },
  );
});

afterAll(() => scene.server.stop());

interface Registration {
  readonly '@id': string;
  readonly count: number;
  readonly items: readonly {
    readonly '@id': string;
    readonly count: number;
    readonly lower: string;
    readonly upper: string;
    readonly items?: readonly Leaf[];
  }[];
}

interface Leaf {
  readonly '@id': string;
  readonly catalogEntry: Readonly<Record<string, unknown>>;
}

const versionsIn = (page: Registration['items'][number] | undefined): unknown[] =>
  (page?.items ?? []).map(({ catalogEntry }) => catalogEntry['version']);

describe('the service index', () => {
  interface Index {
    readonly version: string;
    readonly resources: readonly {
      readonly '@id': string;
      readonly '@type': string;
      readonly clientVersion?: string;
    }[];
  }

  test('names every resource that clients look for, below its own folder', async () => {
    const { version, resources } = await scene.json<Index>('/index.json', null);
    expect(version).toBe('3.0.0');
    expect(resources.every((resource) => resource['@id'].startsWith(scene.base))).toBe(true);
    expect(resources.map((resource) => resource['@type'])).toEqual([
      'RegistrationsBaseUrl',
      'RegistrationsBaseUrl/3.0.0-beta',
      'RegistrationsBaseUrl/3.0.0-rc',
      'RegistrationsBaseUrl/3.4.0',
      'RegistrationsBaseUrl/3.6.0',
      'RegistrationsBaseUrl/Versioned',
      'SearchQueryService',
      'SearchQueryService/3.0.0-beta',
      'SearchQueryService/3.0.0-rc',
      'SearchQueryService/3.5.0',
      'SearchAutocompleteService',
      'SearchAutocompleteService/3.0.0-beta',
      'SearchAutocompleteService/3.0.0-rc',
      'SearchAutocompleteService/3.5.0',
      'PackageBaseAddress/3.0.0',
      'LegacyGallery/2.0.0',
      'ReadmeUriTemplate/6.13.0',
      'PackagePublish/2.0.0',
      'SymbolPackagePublish/4.9.0',
    ]);
    expect(resources.find((resource) => resource['@type'].endsWith('Versioned'))?.clientVersion).toBe('4.3.0-alpha');
  });

  test('by path as by number, at a group without push, and no word of what is there', async () => {
    const at = async (place: string) =>
      await scene.ask(`${scene.server.url}/api/v4/${place}/packages/nuget/index.json`, {}, null);
    const secret = await scene.server.createProject('acme/secret', 'private');
    const bodies = await Promise.all([`projects/${secret.id}`, 'projects/acme%2Fsecret', 'projects/987654'].map(at));
    expect(bodies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const shapes = bodies.map(({ text }) => text.replaceAll(/projects\/[^/]+/g, 'P'));
    expect(new Set(shapes).size).toBe(1);
    const group = JSON.parse((await at('groups/acme/-')).text) as Index;
    expect(group.resources.some((resource) => resource['@type'].startsWith('PackagePublish'))).toBe(false);
    expect(group.resources.some((resource) => resource['@type'] === 'PackageBaseAddress/3.0.0')).toBe(true);
  });
});

describe('registrations', () => {
  test('what a nuspec says is in the entry', async () => {
    const index = await scene.json<Registration>('/metadata-semver2/read.me/index.json', null);
    expect(index).toMatchObject({ count: 1, items: [{ count: 5, lower: '1.0.0', upper: '1.1.0-Beta.2' }] });
    expect(versionsIn(index.items[0])).toEqual(['1.0.0', '1.0.2', '1.0.10', '1.1.0-beta', '1.1.0-Beta.2+build5']);
    const own = `${scene.base}/metadata-semver2`;
    expect(index.items[0]?.items?.[0]?.catalogEntry).toMatchObject({
      id: 'Read.Me',
      title: 'Read it',
      tags: ['one', 'two'],
      listed: true,
      packageContent: `${scene.base}/download/read.me/1.0.0/read.me.1.0.0.nupkg`,
      dependencyGroups: [
        {
          targetFramework: '.NETFramework4.5',
          dependencies: [{ id: 'Base', range: '[1.0.0, 2.0.0)', registration: `${own}/base/index.json` }],
        },
        { '@type': 'PackageDependencyGroup', targetFramework: 'net8.0' },
        { dependencies: [{ id: 'Any', range: '(, )' }] },
      ],
    });
  });

  test.each(['metadata', 'metadata-gzip'])('%s leaves out what old clients can’t read', async (hive) => {
    expect(versionsIn((await scene.json<Registration>(`/${hive}/READ.ME/index.json`)).items[0])).toEqual([
      '1.0.0',
      '1.0.2',
      '1.0.10',
      '1.1.0-beta',
    ]);
    expect((await scene.json<Registration>(`/${hive}/old.reader/index.json`)).items).toEqual([]);
    expect((await scene.ask(`/${hive}/read.me/1.1.0-beta.2.json`)).status).toBe(404);
  });

  test('every link in it answers', async () => {
    const index = await scene.json<Registration>('/metadata-semver2/read.me/index.json');
    const links = [...JSON.stringify(index).matchAll(/"(http[^"]+)"/g)].map(([, link]) => link as string);
    for (const link of new Set(links.filter((url) => url.startsWith(scene.base) && !/\/(?:base|any)\//.test(url)))) {
      expect((await scene.ask(link, {}, null)).status, link).toBe(200);
    }
  });

  test('a leaf by any spelling of its version', async () => {
    const leaf = await scene.json('/metadata-semver2/read.me/1.1.0-BETA.2.json');
    expect(leaf).toMatchObject({ id: 'Read.Me', version: '1.1.0-Beta.2+build5', listed: true, authors: 'Ann Author' });
    expect(await scene.json('/metadata/read.me/1.0.json')).toMatchObject({ version: '1.0.0' });
    for (const file of ['9.9.9.json', '1.0.0', 'x.json', 'page/2.0.0/3.0.0.json', 'page/1.0.0/x.json']) {
      expect([400, 404]).toContain((await scene.ask(`/metadata/read.me/${file}`)).status);
    }
  });

  test('compressed when asked for, and told apart by entity tag', async () => {
    const target = `${new URL(scene.base).pathname}/metadata-gzip/read.me/index.json`;
    const plain = await askFor(scene.server.url, { target });
    const zipped = await askFor(scene.server.url, { target, headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    const etag = plain.headers.get('etag') ?? '';
    expect((await askFor(scene.server.url, { target, headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('unknown ids', async () => {
    for (const path of [
      'metadata/nobody/index.json',
      'download/nobody/index.json',
      'download/read.me/9.9.9/read.me.9.9.9.nupkg',
    ]) {
      expect((await scene.ask(`/${path}`)).status).toBe(404);
    }
  });
});

test('from 128 versions on, pages are fetched by themselves', async () => {
  const many = sceneIn(scene.server, await scene.server.createProject('acme/many', 'public'));
  const list = Array.from({ length: 130 }, (_, n) => ({ id: 'Many', version: `1.0.${n}` }));
  await many.publish(...list.slice(0, 127));
  expect((await many.json<Registration>('/metadata/many/index.json')).items.map(({ items }) => items?.length)).toEqual([
    64, 63,
  ]);
  await many.publish(...list.slice(127), { id: 'Many', version: '1.0.0-rc.1' });
  const { items, count } = await many.json<Registration>('/metadata-semver2/many/index.json');
  expect([count, items.map(({ items: inline, lower, upper, count: size }) => [inline, lower, upper, size])]).toEqual([
    3,
    [
      [undefined, '1.0.0-rc.1', '1.0.62', 64],
      [undefined, '1.0.63', '1.0.126', 64],
      [undefined, '1.0.127', '1.0.129', 3],
    ],
  ]);
  const pages = await Promise.all(items.map((page) => many.json<Registration['items'][number]>(page['@id'])));
  expect(pages.map((page) => versionsIn(page).length)).toEqual([64, 64, 3]);
  expect(pages.flatMap(versionsIn)).toEqual(['1.0.0-rc.1', ...list.map(({ version }) => version)]);
  expect(await many.json('/download/many/index.json')).toMatchObject({
    versions: expect.objectContaining({ length: 131 }),
  });
  // A page that was named before others came in between still answers.
  expect(versionsIn(await many.json(`/metadata/many/page/1.0.5/1.0.7.json`))).toEqual(['1.0.5', '1.0.6', '1.0.7']);
});

describe('search', () => {
  interface Answer {
    readonly totalHits: number;
    readonly data: readonly {
      readonly id: string;
      readonly version: string;
      readonly versions: readonly { version: string; '@id': string }[];
    }[];
  }
  const find = async (query: string) => {
    const { totalHits, data } = await scene.json<Answer>(`/query?${query}`, null);
    return [totalHits, ...data.map(({ id, version }) => `${id} ${version}`)];
  };

  test('stable ones unless asked, SemVer 2 unless too old', async () => {
    expect(await find('q=read')).toEqual([1, 'Read.Me 1.0.10']);
    expect(await find('q=read.me')).toEqual([1, 'Read.Me 1.0.10']);
    expect(await find('q=read.me&prerelease=true')).toEqual([1, 'Read.Me 1.1.0-beta']);
    expect(await find('q=read.me&prerelease=true&semVerLevel=2.0.0')).toEqual([1, 'Read.Me 1.1.0-Beta.2+build5']);
    expect(await find('q=read.me&prerelease=false&semVerLevel=2.0.0')).toEqual([1, 'Read.Me 1.0.10']);
    expect(await find('q=only.pre')).toEqual([0]);
    expect(await find('q=old.reader')).toEqual([0]);
    expect(await find('q=old.reader&semVerLevel=2.0.0')).toEqual([1, 'Old.Reader 1.0.0']);
  });

  test.each([
    ['packageid:read.me', 1],
    ['packageid:read', 0],
    ['id:READ', 1],
    ['tags:two', 0],
    ['title:"read it"', 0],
    ['author:ann', 2],
    ['owner:root', 2],
    ['owner:nobody', 0],
    ['version:1.0.10', 1],
    ['tools of read.me', 1],
    ['"tools of read.me"', 1],
    ['nobody', 0],
    ['%', 0],
    ['_', 0],
    ["'; drop table package; --", 0],
    ['unknown:field', 0],
    ['packageid:', 0],
  ])('q=%s', async (q, hits) => {
    const [total] = await find(`q=${encodeURIComponent(q)}`);
    expect(total).toBe(hits);
  });

  test('by package type', async () => {
    expect(await find('packageType=dotnettool')).toEqual([1, 'A.Tool 1.0.0']);
    expect(await find('packageType=Template')).toEqual([0]);
  });

  test('a page of it', async () => {
    const [total, ...all] = await find('');
    expect(total).toBe(all.length);
    expect(await find('take=0')).toEqual([total]);
    expect((await find('take=1&skip=1')).slice(1)).toEqual([all[1]]);
    expect(await find('skip=5000')).toEqual([total]);
    for (const query of ['skip=-1', 'take=x', 'take=1.5', `skip=${'9'.repeat(20)}`]) {
      expect((await scene.ask(`/query?${query}`)).status).toBe(400);
    }
  });

  test('all versions that the client may see, ascending, each with its registration', async () => {
    const { data } = await scene.json<Answer>('/query?q=packageid:read.me&prerelease=true');
    expect(data[0]?.versions.map(({ version }) => version)).toEqual(['1.0.0', '1.0.2', '1.0.10', '1.1.0-beta']);
    expect((await scene.ask(data[0]?.versions[3]?.['@id'] ?? '')).status).toBe(200);
  });

  test('autocomplete', async () => {
    const complete = async (query: string) => (await scene.json<{ data: string[] }>(`/autocomplete?${query}`)).data;
    expect(await complete('q=read')).toEqual(['Read.Me']);
    expect(await complete('q=read&semVerLevel=2.0.0')).toEqual(['Old.Reader', 'Read.Me']);
    expect(await complete('id=READ.ME')).toEqual(['1.0.0', '1.0.2', '1.0.10']);
    expect(await complete('id=read.me&prerelease=true&semVerLevel=2.0.0')).toEqual([
      '1.0.0',
      '1.0.2',
      '1.0.10',
      '1.1.0-beta',
      '1.1.0-Beta.2',
    ]);
    expect(await complete('id=nobody')).toEqual([]);
    expect(await complete('id=..%2f')).toEqual([]);
  });
});
