import { afterAll, beforeAll, expect, test } from 'vitest';
import { nupkg, nuspecText, type NupkgParts, pushForm } from '../nuget/nupkg.ts';
import { type NuGetScene, nugetScene } from '../nuget/scene.ts';
import { RawConnection } from './raw-http.ts';

let scene: NuGetScene;

beforeAll(async () => {
  scene = await nugetScene({ settings: { PACKYARD_NUGET_MAX_FILE_SIZE: '2MiB' } });
});

afterAll(() => scene.server.stop());

const dtd = (inner: string) =>
  `<?xml version="1.0"?>\n<!DOCTYPE package [${inner}]>\n<package><metadata><id>&x;</id></metadata></package>`;
const twice = (element: string) => nuspecText({ id: 'Victim', metadata: element });

/** What is in the package, and a part of what the client is told. */
const bad: readonly (readonly [string, NupkgParts, string])[] = [
  ['no nuspec', { nuspec: '', members: [] }, 'nuspec'],
  ['two nuspecs', { members: [{ name: 'other.nuspec', body: nuspecText() }] }, 'several .nuspec files'],
  ['the same nuspec twice', { members: [{ name: 'Acme.Tools.nuspec', body: nuspecText() }] }, 'several'],
  ['the same nuspec twice but for case', { members: [{ name: 'ACME.TOOLS.NUSPEC', body: nuspecText() }] }, 'several'],
  ['a path that climbs', { members: [{ name: '../x', body: 'x' }] }, 'leaves its folder'],
  ['a path that climbs by backslashes', { members: [{ name: '..\\x', body: 'x' }] }, 'backslash'],
  ['an absolute path', { members: [{ name: '/etc/x', body: 'x' }] }, 'absolute'],
  ['a drive', { members: [{ name: 'C:/x', body: 'x' }] }, 'absolute'],
  ['an empty segment', { members: [{ name: 'a//b', body: 'x' }] }, 'empty'],
  ['a file outside the document', { nuspec: dtd('<!ENTITY x SYSTEM "file:///etc/passwd">') }, 'document type'],
  ['a parameter entity', { nuspec: dtd('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;') }, 'document type'],
  ['an unknown entity', { nuspec: nuspecText({ id: '&lol;' }) }, "can't be read"],
  ['elements too deep', { nuspec: '<a>'.repeat(10_000) }, "can't be read"],
  ['no XML', { nuspec: 'hello' }, "can't be read"],
  ['another root', { nuspec: '<project/>' }, 'no <package>'],
  ['no metadata', { nuspec: '<package/>' }, 'no <metadata>'],
  ['two ids', { nuspec: twice('<id>Other</id>') }, 'several <id>'],
  ['two versions', { nuspec: twice('<version>2.0.0</version>') }, 'several <version>'],
  ['two metadata', { nuspec: '<package><metadata/><metadata/></package>' }, 'several <metadata>'],
  ['no id', { id: '' }, 'no id'],
  ['an id that climbs', { nuspec: nuspecText({ id: '../x' }) }, 'no id'],
  ['an id with a slash', { nuspec: nuspecText({ id: 'a/b' }) }, 'no id'],
  ['an id of other letters', { nuspec: nuspecText({ id: 'ſ\u212a' }) }, 'no id'],
  ['an id with two dots', { nuspec: nuspecText({ id: 'a..b' }) }, 'no id'],
  ['an id of 101 letters', { nuspec: nuspecText({ id: 'a'.repeat(101) }) }, 'no id'],
  ['no version', { nuspec: nuspecText({ version: '' }) }, 'no version'],
  ['a version of five numbers', { nuspec: nuspecText({ version: '1.2.3.4.5' }) }, 'no version'],
  ['a very long version', { nuspec: nuspecText({ version: `1.0.0-${'a.'.repeat(5_000)}b` }) }, 'no version'],
  ['a version of 65 letters', { nuspec: nuspecText({ version: `1.0.0-${'a'.repeat(59)}` }) }, 'no version'],
  ['a dependency that climbs', { metadata: '<dependencies><dependency id="../x"/></dependencies>' }, 'dependency'],
  ['a range that is none', { metadata: '<dependencies><dependency id="x" version="(1.0)"/></dependencies>' }, 'range'],
  ['a long description', { metadata: `<title>${'x'.repeat(300)}</title>` }, 'more than 256'],
  [
    'a symbol package',
    { metadata: '<packageTypes><packageType name="SymbolsPackage"/></packageTypes>' },
    '/symbolpackage',
  ],
  ['a package type without a name', { metadata: '<packageTypes><packageType/></packageTypes>' }, 'package type'],
  ['an encrypted file', { members: [{ name: 'x', body: 'x', flags: 1 }] }, 'ncrypt'],
];

test.each(bad)('%s', async (_name, parts, told) => {
  const blobs = (await scene.server.storedBlobs()).length;
  const file = parts.nuspec === '' ? nupkg({ ...parts, id: 'folder/Acme.Tools' }) : nupkg(parts);
  const { status, reason, text } = await scene.push(file);
  expect([status, reason]).toEqual([400, expect.stringContaining(told)]);
  expect(JSON.parse(text)).toEqual({ message: expect.stringContaining(told) });
  expect(reason.length).toBeLessThanOrEqual(200);
  expect((await scene.server.storedBlobs()).length).toBe(blobs);
});

test('a nuspec that unpacks to far more than its limit', async () => {
  const { status, reason } = await scene.push(nupkg({ nuspec: Buffer.alloc(64 * 1024 * 1024, ' ') }));
  expect([status, reason]).toEqual([400, expect.stringContaining('more than')]);
});

test('bytes that are no archive, and ones that break off', async () => {
  const whole = nupkg({ id: 'Cut.Short' });
  for (const bytes of [
    Buffer.from(''),
    Buffer.from('PK'),
    Buffer.from('<html>'),
    whole.subarray(0, -30),
    whole.subarray(9),
  ]) {
    expect((await scene.push(bytes)).status).toBe(400);
  }
});

test('too large', async () => {
  const { status, reason } = await scene.push(
    nupkg({
      files: { 'x.bin': Buffer.alloc(1) },
      members: [{ name: 'y', body: Buffer.alloc(3 * 1024 ** 2), stored: true }],
    }),
  );
  expect([status, reason]).toEqual([400, 'File is too large']);
});

test.each(['__proto__', 'constructor', 'toString', 'CON', 'then', 'index.json', 'page'])(
  'an id called %s is like any other',
  async (id) => {
    const { status } = await scene.push(nupkg({ id, version: '1.0.0' }));
    expect(status).toBe(201);
    const lower = id.toLowerCase();
    expect(await scene.json(`/download/${lower}/index.json`)).toEqual({ versions: ['1.0.0'] });
    expect(await scene.json(`/metadata/${lower}/index.json`)).toMatchObject({ count: 1 });
    expect(
      (await scene.json<{ data: { id: string }[] }>(`/query?q=packageid:${id}`)).data.map((hit) => hit.id),
    ).toEqual([id]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  },
);

test('markup in every field comes back as text', async () => {
  const text = '&lt;script&gt;alert(1)&lt;/script&gt;';
  const metadata = `<title>${text}</title><tags>${text}</tags><projectUrl>javascript:alert(1)</projectUrl><iconUrl>data:x</iconUrl>`;
  await scene.publish({ id: 'Marked.Up', metadata });
  const { status, headers, text: said } = await scene.ask('/metadata/marked.up/index.json');
  expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
    200,
    'application/json',
    'nosniff',
  ]);
  expect(said).not.toContain('javascript:');
  expect(said).not.toContain('data:x');
});

test('a push that breaks off leaves nothing', async () => {
  const { headers, body } = pushForm(nupkg({ id: 'Broken.Off' }));
  const aborted = new AbortController();
  const slow = new ReadableStream({
    start(controller) {
      controller.enqueue(body.subarray(0, body.length / 2));
      setTimeout(() => aborted.abort(), 50);
    },
  });
  const init = { method: 'PUT', headers, body: slow, duplex: 'half', signal: aborted.signal } as RequestInit;
  await expect(scene.ask('/', init)).rejects.toThrow();
  expect((await scene.ask('/download/broken.off/index.json')).status).toBe(404);
});

test('a package that says it is too large is refused before it is sent', async () => {
  const connection = await RawConnection.open(scene.server.url);
  const path = new URL(scene.base).pathname;
  const key = `X-NuGet-ApiKey: ${scene.server.rootToken}`;
  await connection.send(
    [`PUT ${path}/ HTTP/1.1`, 'Host: x', key, 'Content-Length: 99999999999', '', 'PK'].join('\r\n'),
  );
  expect((await connection.answer('PUT')).head).toContain('File is too large');
  connection.abort();
});
