import { beforeEach, expect, test } from 'vitest';
import { anonymous } from '../../../test/npm/fake-registry.ts';
import { ask, base, entriesIn, FeedRegistry } from '../../../test/nuget/v2-feed.ts';

let registry: FeedRegistry;

beforeEach(() => {
  registry = new FeedRegistry()
    .add('Acme.Tea', {
      '1.0.0': {},
      '1.9.0': {},
      '1.10.0': { tags: ['PSModule', 'hot'], title: 'Tea & <milk>', iconUrl: 'https://acme.example/?a&b' },
      '2.0.0': { unlisted: true },
      '2.1.0-beta': {},
      '2.1.0-beta.2': {},
    })
    .add('Acme.Cups', { '0.1.0-alpha': { description: 'For tea' } })
    .add('Zoo', { '1.0.0+build5': { tags: ['hot'] }, '0.9.0': {} });
});

const listed = async (path: string) => {
  const { status, text } = await ask(registry, path);
  expect([path, status, status === 200 ? '' : text]).toEqual([path, 200, '']);
  return entriesIn(text);
};

test('FindPackagesById: every version, unlisted ones too, and SemVer 2 only for those who read it', async () => {
  const old = ['Acme.Tea 1.0.0', 'Acme.Tea 1.9.0', 'Acme.Tea 1.10.0', 'Acme.Tea 2.0.0', 'Acme.Tea 2.1.0-beta'];
  expect(await listed("/FindPackagesById()?id='acme.TEA'")).toEqual(old);
  expect(await listed("/FindPackagesById()?id='acme.tea'&semVerLevel=2.0.0")).toEqual([
    ...old,
    'Acme.Tea 2.1.0-beta.2',
  ]);
  expect(await listed('/FindPackagesById?id=%27Acme.Tea%27&semVerLevel=1.0.0')).toEqual(old);
  expect(await listed("/FindPackagesById()?id='Nothing'")).toEqual([]);
  expect(await listed("/FindPackagesById()?id='../x'")).toEqual([]);
  expect((await ask(registry, '/FindPackagesById()')).status).toBe(400);
});

test.each([
  [
    "/FindPackagesById()?$inlinecount=allpages&id='Acme.Tea'&$filter=Id eq 'Acme.Tea' and IsLatestVersion eq true",
    ['Acme.Tea 1.10.0'],
  ],
  [
    "/FindPackagesById()?id='Acme.Tea'&$filter=Id eq 'Acme.Tea' and IsAbsoluteLatestVersion eq true",
    ['Acme.Tea 2.1.0-beta'],
  ],
  ["/FindPackagesById()?id='Acme.Tea'&$filter=Id eq 'Acme.Tea' and NormalizedVersion eq '1.10'", ['Acme.Tea 1.10.0']],
  [
    "/FindPackagesById()?$inlinecount=allpages&$skip=0&$orderby=NormalizedVersion desc&id='Acme.Tea'&$filter=NormalizedVersion ge '1.0.0' and NormalizedVersion lt '2.0.0' and IsPrerelease eq false and Id eq 'Acme.Tea'",
    ['Acme.Tea 1.10.0', 'Acme.Tea 1.9.0', 'Acme.Tea 1.0.0'],
  ],
  ["/FindPackagesById()?id='Acme.Tea'&$filter=IsLatestVersion&$orderby=Version desc&$top=1", ['Acme.Tea 1.10.0']],
  [
    "/Search()?$filter=IsLatestVersion&$orderby=Id&searchTerm='tea'&targetFramework=''&includePrerelease=false&$skip=0&$top=30&semVerLevel=2.0.0",
    ['Acme.Tea 1.10.0'],
  ],
  [
    "/Search()?$filter=IsAbsoluteLatestVersion&searchTerm='tea'&includePrerelease=true&semVerLevel=2.0.0&$orderby=Id",
    ['Acme.Cups 0.1.0-alpha', 'Acme.Tea 2.1.0-beta.2'],
  ],
  [
    "/Search()?searchTerm='tags:hot'&includePrerelease=false&semVerLevel=2.0.0&$filter=IsLatestVersion",
    ['Acme.Tea 1.10.0', 'Zoo 1.0.0+build5'],
  ],
  [
    "/Search()?$inlinecount=allpages&$skip=0&$top=6000&$filter=IsLatestVersion and substringof('PSModule', Tags) eq true",
    ['Acme.Tea 1.10.0'],
  ],
  [
    "/Search()?$inlinecount=allpages&$skip=0&$top=100&$filter=IsLatestVersion and startswith(Id, 'acme')",
    ['Acme.Tea 1.10.0'],
  ],
  [
    "/Search()?searchTerm=''&includePrerelease=true&$filter=IsAbsoluteLatestVersion&$orderby=Id desc",
    ['Zoo 0.9.0', 'Acme.Tea 2.1.0-beta', 'Acme.Cups 0.1.0-alpha'],
  ],
  ["/Packages()?$filter=tolower(Id) eq 'zoo'&semVerLevel=2.0.0", ['Zoo 0.9.0', 'Zoo 1.0.0+build5']],
  ["/Packages?$filter=(Id eq 'Acme.Tea') and (Version eq '2.0.0')", []],
  [
    "/Packages()?$filter=(((Id ne null) and substringof('cups',tolower(Id))) or ((Description ne null) and substringof('cups',tolower(Description)))) or ((Tags ne null) and substringof(' cups ',tolower(Tags)))",
    ['Acme.Cups 0.1.0-alpha'],
  ],
  ["/Packages()?$filter=substringof(' hot ',Tags)", ['Acme.Tea 1.10.0']],
  ['/Packages()?$orderby=Published desc,Version desc&$top=2&$skip=1', ['Acme.Tea 1.10.0', 'Acme.Tea 1.9.0']],
  [
    "/GetUpdates()?packageIds='acme.tea|zoo|gone'&versions='1.0.0|2.0|1.0'&includePrerelease=false&includeAllVersions=false&targetFrameworks=''&versionConstraints=''",
    ['Acme.Tea 1.10.0'],
  ],
  [
    "/GetUpdates()?packageIds='Acme.Tea'&versions='1.0.0'&includePrerelease=true&includeAllVersions=true",
    ['Acme.Tea 1.9.0', 'Acme.Tea 1.10.0', 'Acme.Tea 2.1.0-beta'],
  ],
  ["/GetUpdates()?packageIds='Acme.Tea'&versions='1.0.0'&versionConstraints='[1.0,1.10)'", ['Acme.Tea 1.9.0']],
])('%s', async (path, expected) => {
  expect(await listed(path)).toEqual(expected);
});

test.each([
  "/Packages()?$filter=Secret eq 'x'",
  '/Packages()?$filter=IsLatestVersion or',
  '/Packages()?$expand=Owners',
  '/Packages()?$apply=aggregate(Id)',
  '/Packages()?$orderby=Secret',
  "/Packages()?$orderby=Id'--",
  '/Packages()?$select=Secret',
  '/Packages()?$top=-1',
  '/Packages()?$skip=x',
  '/Packages()?$inlinecount=some',
  '/Packages()?$format=yaml',
  "/Packages(Id='Acme.Tea')",
  "/Packages('Acme.Tea')",
  "/Packages(Id='Acme.Tea',Version='x')",
  "/GetUpdates()?packageIds='a|b'&versions='1.0'",
  "/GetUpdates()?packageIds='a'&versions='x'",
])('%s is refused in OData’s words', async (path) => {
  const { status, type, text, reason } = await ask(registry, path);
  expect([status, type]).toEqual([400, 'application/xml;charset=utf-8']);
  expect(text).toMatch(
    /<error xmlns="http:\/\/schemas\.microsoft\.com\/ado\/2007\/08\/dataservices\/metadata"><code>invalid-/,
  );
  expect(reason).not.toBe('');
});

test('one version, by any spelling; links that clients can follow', async () => {
  const { status, type, text } = await ask(registry, "/Packages(Id='acme.tea',Version='1.10')");
  expect([status, type]).toEqual([200, 'application/atom+xml;type=entry;charset=utf-8']);
  expect(text).toContain(`<content type="application/zip" src="${base}/v2/package/Acme.Tea/1.10.0"/>`);
  expect(text).toContain(`<id>${base}/v2/Packages(Id=&#39;Acme.Tea&#39;,Version=&#39;1.10.0&#39;)</id>`);
  expect(text).toContain('<d:Title>Tea &amp; &lt;milk&gt;</d:Title>');
  expect(text).toContain('<d:IconUrl>https://acme.example/?a&amp;b</d:IconUrl>');
  expect(text).toContain('<d:Tags xml:space="preserve"> PSModule hot </d:Tags>');
  expect(text).toContain('<d:IsLatestVersion m:type="Edm.Boolean">true</d:IsLatestVersion>');
  expect(text).toContain('<d:PackageSize m:type="Edm.Int64">1234</d:PackageSize>');
  expect(text).toContain(`<d:PackageHash>${Buffer.from('ab'.repeat(64), 'hex').toString('base64')}</d:PackageHash>`);
  const metadata = await ask(registry, "/Packages(Version='1.0.0',Id='Zoo')");
  expect(metadata.text).toContain(`src="${base}/v2/package/Zoo/1.0.0"`);
  expect(metadata.text).toContain(
    '<d:Version>1.0.0+build5</d:Version><d:NormalizedVersion>1.0.0</d:NormalizedVersion>',
  );
  const unlisted = await ask(registry, "/Packages(Id='Acme.Tea',Version='2.0.0')");
  expect(unlisted.text).toContain('<d:Published m:type="Edm.DateTime">1900-01-01T00:00:00.000Z</d:Published>');
  expect((await ask(registry, "/Packages(Id='Acme.Tea',Version='3.0.0')")).status).toBe(404);
  expect((await ask(registry, '/Nothing()')).status).toBe(404);
});

test('pages are linked, each to another, until there is no more', async () => {
  registry.add('Many', Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`1.0.${index}`, {}])));
  const seen: string[] = [];
  let path: string | undefined =
    "/FindPackagesById()?id='Many'&$inlinecount=allpages&$orderby=Version&semVerLevel=2.0.0";
  const pages = new Set<string>();
  while (path !== undefined) {
    expect(pages.has(path)).toBe(false);
    pages.add(path);
    const { text } = await ask(registry, path);
    expect(text).toContain('<m:count>250</m:count>');
    seen.push(...entriesIn(text));
    const next: string | undefined = /<link rel="next" href="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    path = next?.slice(`${base}/v2`.length);
  }
  expect([pages.size, seen.length, new Set(seen).size, seen.at(-1)]).toEqual([3, 250, 250, 'Many 1.0.249']);
  const some = await ask(registry, "/FindPackagesById()?id='Many'&$top=120&$skip=5");
  expect([entriesIn(some.text).length, some.text.includes('rel="next"')]).toEqual([120, false]);
});

test('looks at no more packages than a page needs', async () => {
  for (let index = 0; index < 50; index++) registry.add(`Bulk${index}`, { '1.0.0': {} });
  registry.asked = 0;
  await listed('/Search()?$filter=IsLatestVersion&$orderby=Id&$top=5');
  expect(registry.asked).toBeLessThan(15);
});

test('counts', async () => {
  expect((await ask(registry, '/Packages/$count')).text).toBe('6');
  expect((await ask(registry, '/Packages()/$count?semVerLevel=2.0.0')).text).toBe('8');
  expect(
    (await ask(registry, "/Search()/$count?searchTerm='tea'&includePrerelease=true&$filter=IsAbsoluteLatestVersion"))
      .text,
  ).toBe('2');
  expect((await ask(registry, "/FindPackagesById()/$count?id='Zoo'&$top=1")).text).toBe('1');
});

test('downloads, and the feed ordered by them', async () => {
  registry.counts = new Map([
    ['1.0.0', 7],
    ['1.9.0', 3],
  ]);
  const { text } = await ask(registry, "/Packages(Id='Acme.Tea',Version='1.9.0')");
  expect(text).toContain('<d:DownloadCount m:type="Edm.Int32">10</d:DownloadCount>');
  expect(text).toContain('<d:VersionDownloadCount m:type="Edm.Int32">3</d:VersionDownloadCount>');
  const ordered =
    "/FindPackagesById()?id='Acme.Tea'&$orderby=VersionDownloadCount desc&$filter=DownloadCount gt 5&$top=2";
  expect(await listed(ordered)).toEqual(['Acme.Tea 1.0.0', 'Acme.Tea 1.9.0']);
});

test('JSON for those who ask for it, and only what is selected', async () => {
  const { text } = await ask(
    registry,
    "/FindPackagesById()?id='Zoo'&$select=Tags&$inlinecount=allpages&semVerLevel=2.0.0",
    {
      accept: 'application/json',
    },
  );
  expect(JSON.parse(text)).toMatchObject({
    d: {
      __count: '2',
      results: [
        { Id: 'Zoo', Version: '0.9.0', Tags: null },
        { Id: 'Zoo', Version: '1.0.0+build5', Tags: ' hot ' },
      ],
    },
  });
  expect(text).not.toContain('Authors');
  const one = await ask(registry, "/Packages(Id='Zoo',Version='0.9')?$format=json");
  expect(JSON.parse(one.text)).toMatchObject({
    d: { PackageSize: '1234', __metadata: { media_src: `${base}/v2/package/Zoo/0.9.0` } },
  });
});

test('service document, $metadata, and what consoles complete', async () => {
  expect((await ask(registry, '')).text).toContain('<collection href="Packages">');
  const { text, type } = await ask(registry, '/$metadata');
  expect(type).toBe('application/xml;charset=utf-8');
  for (const name of ['Search', 'FindPackagesById', 'GetUpdates'])
    expect(text).toContain(`<FunctionImport Name="${name}"`);
  expect((await ask(registry, "/package-ids?partialId='ac'")).text).toBe('["Acme.Tea"]');
  expect((await ask(registry, '/package-ids?partialId=ac&includePrerelease=true')).text).toBe(
    '["Acme.Cups","Acme.Tea"]',
  );
  expect((await ask(registry, '/package-versions/acme.tea?semVerLevel=2.0.0')).text).toBe('["1.0.0","1.9.0","1.10.0"]');
});

test('of a group, lists want to know who asks: clients would be content with the public part', async () => {
  registry.scope = 'group';
  registry.caller = anonymous;
  for (const path of ['/Packages()', '/Search()', "/Search()?searchTerm='x'", '/package-ids']) {
    await expect(ask(registry, path)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
});

test('text that XML can’t hold is left out, not passed on', async () => {
  registry.add('Odd', { '1.0.0': { description: 'a\u0000b\u001b[1m\ud800c]]>\r\n😀', authors: '"x" & \'y\'' } });
  const { text } = await ask(registry, "/Packages(Id='Odd',Version='1.0.0')");
  expect(text).toContain('<d:Description>ab[1mc]]&gt;&#13;&#10;😀</d:Description>');
  expect(text).toContain('<d:Authors>&quot;x&quot; &amp; &#39;y&#39;</d:Authors>');
});

test('others have their turn while a long filter is held against thousands of versions', async () => {
  const versions = Array.from({ length: 2_000 }, (_, index) => [`1.0.${index}`, {}] as const);
  registry.add('Acme.Many', Object.fromEntries(versions));
  let turns = 0;
  let counting = setImmediate(function count() {
    turns++;
    counting = setImmediate(count);
  });
  await listed("/FindPackagesById()?id='Acme.Many'&$filter=substringof('x',Description)");
  clearImmediate(counting);
  expect(turns).toBeGreaterThan(10);
});

test('completion looks at the packages alone whose ids begin so', async () => {
  for (let index = 0; index < 600; index++) {
    registry.add(`Acme.Other${index}`, { '1.0.0': {} }).add(`Tea.${index}`, { '1.0.0': {} });
  }
  registry.add('Tea', { '1.0.0': {} });
  registry.asked = 0;
  expect((await ask(registry, '/package-ids?partialId=tea.59')).text).toBe(
    JSON.stringify(['Tea.59', ...Array.from({ length: 10 }, (_, index) => `Tea.59${index}`)]),
  );
  expect(registry.asked).toBeLessThan(20);
  expect(JSON.parse((await ask(registry, '/package-ids?partialId=Tea')).text)).toHaveLength(30);
  expect((await ask(registry, '/package-ids?partialId=tea.x')).text).toBe('[]');
});
