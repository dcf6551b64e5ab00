import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sdist, uploadForm, wheel } from '../harness/python-packages.ts';
import { type Rest, restOf } from '../harness/rest.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer } from '../harness/types.ts';
import { jsonType, type PypiWire, pypiWire } from './pypi-wire.ts';

let server: TestServer;
let rest: Rest;
let group: TestGroup;
let open: TestProject;
let hidden: TestProject;
let pypi: PypiWire;
let view: PypiWire;

beforeAll(async () => {
  server = await startServer();
  rest = restOf(server);
  group = await server.createGroup('acme', 'public');
  open = await server.createProject('acme/open', 'public');
  hidden = await server.createProject('acme/hidden');
  pypi = pypiWire(server, open);
  view = pypiWire(server, group);
  for (const version of ['1.0', '1.10', '1.2', '2.0rc1']) await pypi.upload(wheel({ name: 'Foo.Bar', version }));
});

afterAll(() => server.stop());

const at = (path: string, accept?: string) => pypi.send('GET', path, accept === undefined ? {} : { accept });

describe('the form of a page', () => {
  const html = 'text/html; charset=utf-8';
  test.each([
    ['*/*', html],
    ['text/html', html],
    [`${jsonType}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01`, jsonType],
    ['application/vnd.pypi.simple.latest+json', jsonType],
    ['application/vnd.pypi.simple.v1+html', 'application/vnd.pypi.simple.v1+html; charset=utf-8'],
  ])('for %s', async (accept, type) => {
    for (const path of ['/simple/foo-bar/', '/simple/']) {
      const { status, headers } = await at(path, accept);
      expect([status, headers.get('content-type')]).toEqual([200, type]);
      expect(headers.get('vary')).toContain('Accept');
      expect(headers.get('cache-control')).toBe('private, max-age=0, must-revalidate');
      const etag = headers.get('etag') ?? '';
      expect((await pypi.send('GET', path, { accept, 'if-none-match': etag })).status).toBe(304);
    }
  });

  test('is not one that is not offered', async () => {
    const answer = await at('/simple/foo-bar/', 'application/json');
    expect([answer.status, answer.headers.get('vary')]).toEqual([406, 'Accept']);
    expect(answer.message).toContain(jsonType);
  });

  test('may be named in the URL', async () => {
    const { headers } = await at(`/simple/foo-bar/?format=${encodeURIComponent(jsonType)}`, 'text/html');
    expect(headers.get('content-type')).toBe(jsonType);
    expect((await at('/simple/foo-bar/?format=xml')).status).toBe(406);
  });
});

test('versions are in order', async () => {
  expect((await pypi.page('foo-bar')).versions).toEqual(['1.0', '1.2', '1.10', '2.0rc1']);
});

test('one spelling of a URL has the page, others lead there', async () => {
  const told = async (path: string) => {
    const { status, headers } = await at(path);
    return [status, new URL(headers.get('location') ?? '', `${pypi.url}${path}`).href.slice(pypi.url.length)];
  };
  expect(await told('/simple')).toEqual([301, '/simple/']);
  expect(await told('/simple/foo-bar')).toEqual([301, '/simple/foo-bar/']);
  expect(await told('/simple/Foo.Bar')).toEqual([301, '/simple/foo-bar/']);
  expect(await told('/simple/Foo_Bar/?format=x')).toEqual([301, '/simple/foo-bar/?format=x']);
  expect(await told('/pypi/Foo.Bar/json')).toEqual([301, '/pypi/foo-bar/json']);
  expect(await told('/pypi/Foo.Bar/1.0/json')).toEqual([301, '/pypi/foo-bar/1.0/json']);
});

test('the index lists projects by the name they were published under', async () => {
  const { text } = await at('/simple/', jsonType);
  expect(JSON.parse(text)).toEqual({ meta: { 'api-version': '1.4' }, projects: [{ name: 'Foo.Bar' }] });
  expect((await at('/simple/')).text).toContain(`<a href="${pypi.url}/simple/foo-bar/">Foo.Bar</a>`);
});

describe('the JSON API', () => {
  const json = async (path: string) => JSON.parse((await at(path)).text) as Record<string, unknown>;

  test('shows the newest release, and all of them', async () => {
    const document = await json('/pypi/foo-bar/json');
    expect(document).toMatchObject({ info: { name: 'Foo.Bar', version: '1.10', yanked: false }, vulnerabilities: [] });
    expect(Object.keys(document['releases'] as object)).toEqual(['1.0', '1.2', '1.10', '2.0rc1']);
    expect(document['urls']).toMatchObject([{ filename: 'foo_bar-1.10-py3-none-any.whl', packagetype: 'bdist_wheel' }]);
  });

  test('shows one release, its version in any spelling', async () => {
    for (const version of ['2.0rc1', '2.0.0-RC.1']) {
      const document = await json(`/pypi/foo-bar/${version}/json`);
      expect(document).toMatchObject({ info: { version: '2.0rc1' }, vulnerabilities: [] });
      expect(document).not.toHaveProperty('releases');
    }
    expect((await at('/pypi/foo-bar/3.0/json')).status).toBe(404);
    expect((await at('/pypi/foo-bar/latest/json')).status).toBe(404);
    expect((await at('/pypi/nobody/json')).status).toBe(404);
  });
});

describe('what is said of releases and projects', () => {
  let id: number;
  const say = (what: string, json: object, token = server.rootToken) =>
    rest('PUT', `/projects/${open.id}/packages/${id}/${what}`, { token, json });

  beforeAll(async () => {
    for (const version of ['1.0', '2.0']) await pypi.upload(wheel({ name: 'said', version, summary: version }));
    const found = await server.api<{ id: number }[]>(
      'GET',
      `/projects/${open.id}/packages?package_name=said&package_version=2.0`,
    );
    id = found[0]?.id ?? 0;
  });

  const yanked = async () => (await pypi.page('said')).files.map((file) => file['yanked']);

  test('a release is yanked, with a reason or without, and not any more', async () => {
    expect(await say('standing', { standing: 'yanked', reason: 'a "bug" <b>' })).toMatchObject({
      status: 200,
      body: { package_id: id, name: 'said', version: '2.0', standing: 'yanked', reason: 'a "bug" <b>' },
    });
    expect(await yanked()).toEqual([false, 'a "bug" <b>']);
    expect((await at('/simple/said/')).text).toContain('data-yanked="a &quot;bug&quot; &lt;b&gt;"');
    expect(JSON.parse((await at('/pypi/said/json')).text)).toMatchObject({ info: { version: '1.0' } });
    await say('standing', { standing: 'yanked' });
    expect(await yanked()).toEqual([false, true]);
    await say('standing', { standing: null });
    expect(await yanked()).toEqual([false, false]);
    expect((await server.events()).filter(({ kind }) => kind === 'package.standing')).toHaveLength(3);
  });

  test('only in words of the format, by those who may, and with a reason for something', async () => {
    const developer = await server.createUser('dev');
    await server.addMember(open, developer, 'developer');
    expect(await say('standing', { standing: 'unlisted' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('may be yanked') },
    });
    expect((await say('standing', { standing: 'broken' })).status).toBe(400);
    expect((await say('standing', {})).status).toBe(400);
    expect((await say('standing', { standing: null, reason: 'x' })).status).toBe(400);
    expect((await say('standing', { standing: 'yanked' }, developer.token)).status).toBe(403);
    expect((await say('package_standing', { standing: 'archived' }, developer.token)).status).toBe(403);
    expect(
      (
        await rest('PUT', `/projects/${hidden.id}/packages/${id}/standing`, {
          token: server.rootToken,
          json: { standing: 'yanked' },
        })
      ).status,
    ).toBe(404);
    expect(await yanked()).toEqual([false, false]);
  });

  test('an archived project takes no uploads, and is read as before', async () => {
    expect((await say('package_standing', { standing: 'archived', reason: 'use bar' })).status).toBe(200);
    expect(await pypi.page('said')).toMatchObject({ 'project-status': { status: 'archived', reason: 'use bar' } });
    const refused = await pypi.upload(wheel({ name: 'said', version: '3.0' }));
    expect([refused.status, refused.reason]).toEqual([403, 'said is archived and takes no uploads.']);
    expect((await pypi.page('said')).files).toHaveLength(2);
  });

  test('of a project in quarantine nothing is offered', async () => {
    const [file] = (await pypi.page('said')).files;
    await say('package_standing', { standing: 'quarantined' });
    expect(await pypi.page('said')).toMatchObject({ 'project-status': { status: 'quarantined' }, files: [] });
    expect((await pypi.send('GET', String(file?.['url']))).status).toBe(404);
    expect((await pypi.send('GET', `${String(file?.['url'])}.metadata`)).status).toBe(404);
    expect((await at('/pypi/said/json')).status).toBe(404);
    expect((await pypi.upload(wheel({ name: 'said', version: '3.0' }))).status).toBe(403);
    await say('package_standing', { standing: null });
    expect((await pypi.send('GET', String(file?.['url']))).status).toBe(200);
    expect((await pypi.upload(wheel({ name: 'said', version: '3.0' }))).status).toBe(201);
  });
});

describe('the view over a group', () => {
  test('merges projects; the older wins a release; files come through it', async () => {
    const [first, second] = [wheel({ name: 'both', version: '1.0' }), await sdist({ name: 'both', version: '1.0' })];
    const third = wheel({ name: 'both', version: '2.0' });
    await pypi.upload(first);
    await pypiWire(server, hidden).upload(second);
    await pypiWire(server, hidden).upload(third);
    const page = await view.page('both');
    expect(page.files.map(({ filename }) => filename)).toEqual([first.fileName, third.fileName]);
    for (const { url, filename } of page.files) {
      expect((await view.send('GET', String(url))).status, String(filename)).toBe(200);
      expect((await view.send('GET', `${String(url)}.metadata`)).status, String(filename)).toBe(200);
    }
  });

  test('asks those who come without a name to sign in when there is more, or nothing', async () => {
    const anonymous = pypiWire(server, group, null);
    for (const [name, status] of [
      ['foo-bar', 200],
      ['both', 401],
      ['nobody', 401],
    ] as const) {
      const answer = await anonymous.send('GET', `/simple/${name}/`);
      expect(answer.status, name).toBe(status);
      if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    }
    const hiddenFile = (await view.page('both')).files.at(-1);
    expect((await anonymous.send('GET', String(hiddenFile?.['url']))).status).toBe(401);
    expect((await anonymous.send('GET', `${String(hiddenFile?.['url'])}.metadata`)).status).toBe(401);
    const stranger = await server.createUser('stranger');
    const page = await pypiWire(server, group, stranger.token).page('both');
    expect(page.files).toHaveLength(1);
  });

  test('takes no uploads', async () => {
    const answer = await view.upload(wheel({ name: 'both', version: '3.0' }));
    expect([answer.status, answer.reason]).toEqual([405, expect.stringContaining('Upload to a project')]);
  });
});

describe('who may', () => {
  test('a wrong password is told, even where everybody may read', async () => {
    const wrong = pypiWire(server, open, 'wrong');
    for (const path of ['/simple/foo-bar/', '/simple/', '/pypi/foo-bar/json']) {
      expect((await wrong.send('GET', path)).status, path).toBe(401);
    }
  });

  test('nobody without a name learns what a private project holds', async () => {
    const anonymous = pypiWire(server, hidden, null);
    for (const path of ['/simple/', '/simple/both/', '/simple/nobody/', '/pypi/both/json']) {
      const answer = await anonymous.send('GET', path);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic/)]);
    }
  });

  test('a token reaches its own project only, and a reader uploads nothing', async () => {
    const foreign = await server.createToken({ kind: 'access', of: hidden, level: 'maintainer', scopes: ['api'] });
    const reading = await server.createToken({ kind: 'deploy', of: open, scopes: ['read_package_registry'] });
    const writing = await server.createToken({ kind: 'deploy', of: open, scopes: ['write_package_registry'] });
    const upload = wheel({ name: 'tokens', version: '1.0' });
    expect((await pypiWire(server, open, foreign.token).upload(upload)).status).toBe(403);
    expect((await pypiWire(server, hidden, reading.token).send('GET', '/simple/')).status).toBe(401);
    expect((await pypi.send('GET', '/simple/tokens/')).status).toBe(404);
    const basic = (name: string | null, token: string) => ({
      authorization: `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`,
    });
    const anonymous = pypiWire(server, open, null);
    const post = async (name: string | null, token: string) =>
      (await anonymous.send('POST', '', basic(name, token), uploadForm(upload))).status;
    expect(await post(reading.username, reading.token)).toBe(403);
    expect(await post(writing.username, writing.token)).toBe(201);
  });
});
