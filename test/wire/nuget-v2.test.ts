import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { nupkg, type NupkgParts, pushForm } from '../nuget/nupkg.ts';
import { entriesIn } from '../nuget/v2-feed.ts';

let server: TestServer;
let open: TestProject;
let secret: TestProject;
let group: string;

beforeAll(async () => {
  server = await startServer();
  const acme = await server.createGroup('acme', 'public');
  open = await server.createProject('acme/open', 'public');
  secret = await server.createProject('acme/secret', 'private');
  group = `/api/v4/groups/${acme.id}/-/packages/nuget/v2`;
  await push(open, { id: 'Acme.Both', version: '1.0.0' }, { id: 'Acme.Open', version: '1.0.0-beta.1' });
  await push(secret, { id: 'Acme.Both', version: '2.0.0' }, { id: 'Acme.Secret', version: '0.1.0' });
});

afterAll(() => server.stop());

async function push(project: TestProject, ...packages: NupkgParts[]): Promise<void> {
  for (const parts of packages) {
    const { headers, body } = pushForm(nupkg(parts));
    const url = `${server.url}${feedOf(project)}`;
    const init = { method: 'PUT', headers: { ...headers, 'x-nuget-apikey': server.rootToken }, body };
    expect((await fetch(url, init)).status).toBe(201);
  }
}

const feedOf = ({ id }: TestProject): string => `/api/v4/projects/${id}/packages/nuget/v2`;

/** A path as it is written, nothing encoded on its way. */
function ask(path: string, signedIn = true, method = 'GET') {
  const headers = signedIn
    ? { authorization: `Basic ${Buffer.from(`root:${server.rootToken}`).toString('base64')}` }
    : {};
  return new Promise<{ status: number; reason: string; text: string; challenge: string | undefined }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const outgoing = request({ hostname, port, path, method, headers, agent: false }, (answer) => {
        const { statusCode: status = 0, statusMessage: reason = '' } = answer;
        const challenge = answer.headers['www-authenticate'];
        text(answer).then((body) => resolve({ status, reason, text: body, challenge }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    },
  );
}

test.each([
  "/FindPackagesById()?id='Acme.Both'",
  '/FindPackagesById%28%29?id=%27acme.both%27',
  "/FindPackagesById()?%24filter=IsLatestVersion&id='Acme.Both'",
  "/Packages()?$filter=Id+eq+'Acme.Both'",
  '/Packages?$filter=tolower(Id)%20eq%20%27acme.both%27',
  "/Packages(Id='Acme.Both',Version='1.0')",
  '/Packages%28Id=%27Acme.Both%27,Version=%271.0.0%27%29',
  "/Search()?searchTerm='both'&includePrerelease=false",
])('%s, however it is encoded', async (path) => {
  const { status, text: body } = await ask(feedOf(open) + path);
  expect([status, entriesIn(body)]).toEqual([200, ['Acme.Both 1.0.0']]);
});

test('service document with and without its slash, $metadata either way, counts', async () => {
  for (const path of ['', '/']) expect((await ask(feedOf(open) + path)).text).toContain('<collection href="Packages">');
  for (const path of ['/$metadata', '/%24metadata'])
    expect((await ask(feedOf(open) + path)).text).toContain('edmx:Edmx');
  expect((await ask(`${feedOf(open)}/Packages()/$count?semVerLevel=2.0.0`)).text).toBe('2');
  expect((await ask(`${feedOf(open)}/$metadata`, true, 'HEAD')).text).toBe('');
});

test('packages, by version and the newest', async () => {
  for (const path of ['/package/Acme.Both/1.0.0', '/package/acme.both/1.0', '/package/Acme.Open']) {
    const { status, text: body } = await ask(feedOf(open) + path);
    expect([path, status, body.startsWith('PK')]).toEqual([path, 200, true]);
  }
  expect((await ask(`${feedOf(open)}/package/Acme.Both/3.0.0`)).status).toBe(404);
});

test('a private feed asks for credentials whatever is asked of it, and so does one that isn’t there', async () => {
  const paths = ['', '/$metadata', "/FindPackagesById()?id='Acme.Secret'", '/package/Acme.Secret/0.1.0'];
  for (const base of [feedOf(secret), '/api/v4/projects/999/packages/nuget/v2']) {
    for (const path of paths) {
      const { status, challenge } = await ask(base + path, false);
      expect([path, status]).toEqual([path, 401]);
      expect(challenge).toMatch(/^Basic realm=/);
    }
  }
});

test('a group’s feed has what lies in its projects, and asks anonymous callers to sign in', async () => {
  const versions = async (path: string): Promise<readonly string[]> => entriesIn((await ask(group + path)).text);
  expect(await versions("/FindPackagesById()?id='Acme.Both'")).toEqual(['Acme.Both 1.0.0', 'Acme.Both 2.0.0']);
  expect(
    await versions('/Search()?$filter=IsAbsoluteLatestVersion&includePrerelease=true&semVerLevel=2.0.0&$orderby=Id'),
  ).toEqual(['Acme.Both 2.0.0', 'Acme.Open 1.0.0-beta.1', 'Acme.Secret 0.1.0']);
  expect((await ask(`${group}/package/Acme.Both/2.0.0`)).text.startsWith('PK')).toBe(true);
  for (const path of ['/Search()', '/Packages()', "/FindPackagesById()?id='Acme.Both'", '/package/Acme.Secret/0.1.0']) {
    expect([path, (await ask(group + path, false)).status]).toEqual([path, 401]);
  }
  expect((await ask(group, true, 'PUT')).status).toBe(405);
});

test('what isn’t understood is refused, with the cause where clients show it', async () => {
  const { status, reason, text: body } = await ask(`${feedOf(open)}/Packages()?$filter=Secret%20eq%201`);
  expect(status).toBe(400);
  expect(reason).toContain('there is no property Secret');
  expect(body).toContain('<code>invalid-parameter</code>');
});

test('no request to the feed is a fault of the server', async () => {
  const nonsense = [
    "/Packages(Id='Acme.Both',Version='')",
    "/Packages(Id='',Version='1.0.0')",
    "/Packages(Id='a\u00e4%00',Version='1')".replace('\u00e4', '%C3%A4'),
    "/Packages(Id='..%2f..',Version='1.0.0')",
    '/Packages((((',
    '/Packages)',
    '/Search()()',
    "/FindPackagesById()?id='%FF'",
    '/FindPackagesById()?id=%27%ED%A0%80%27',
    "/FindPackagesById()?id='a'&id='b'",
    "/FindPackagesById()?id='Acme.Both'&$skip=999999999999",
    "/FindPackagesById()?id='Acme.Both'&$top=0",
    "/FindPackagesById()?id='Acme.Both'&$filter=%27",
    `/FindPackagesById()?id='Acme.Both'&$filter=${'('.repeat(3_000)}`,
    `/Search()?searchTerm='${'%25'.repeat(500)}'`,
    "/Search()?searchTerm='packageid:%22'",
    "/GetUpdates()?packageIds='||'&versions='||'",
    "/GetUpdates()?packageIds='__proto__'&versions='1.0'",
    '/package-versions/%20',
    '/package-ids?partialId=%27',
    '/package/Acme.Both/1.0.0/more',
    '/$batch',
    '/$count',
  ];
  for (const path of nonsense) {
    const { status } = await ask(feedOf(open) + path);
    expect([path, status < 500]).toEqual([path, true]);
  }
});
