import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { type GenericWire, genericWire } from './generic-wire.ts';
import { askFor } from './raw-http.ts';

/** Generic as GitLab describes it: names, folders, statuses, duplicates, and what the REST API says of the files. */

let server: TestServer;
let project: TestProject;
let generic: GenericWire;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  project = await server.createProject('acme/files');
  generic = genericWire(server, project);
});

afterAll(() => server.stop());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const created = { status: 201, body: '{"message":"201 Created"}' };

interface RestPackage {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly status: string;
}

const listed = (query = ''): Promise<RestPackage[]> =>
  server.api('GET', `/projects/${project.id}/packages?package_type=generic&per_page=100${query}`);

async function filesOf(name: string, query = ''): Promise<Record<string, unknown>[]> {
  const found = (await listed(query)).find((each) => each.name === name);
  return server.api('GET', `/projects/${project.id}/packages/${found?.id}/package_files?per_page=100`);
}

describe('names on the way there and back', () => {
  test.each([
    ['/names/1.0/plus+tilde~at@end.txt', '/names/1.0/plus%2btilde%7eat%40end.txt'],
    ['/names/1.0/pkg..tgz', '/%6eames/1.0/pkg..tgz'],
    ['/names/1.0/..foo', '/names/1%2e0/..foo'],
    ['/na+me.x_y-z/v1.0-rc.1+b/f', '/na%2Bme.x_y-z/v1.0-rc.1%2Bb/f'],
    ['/names/1.0/a/b/c/f', '/names/1.0/a%2Fb%2Fc/f'],
    ['/names/1.0/a/b%20c/%C3%BC/f', '/names/1.0/a/b%20c/%c3%bc/f'],
    ['/names/1.0/__proto__/f', '/names/1.0/__proto__/f/'],
    ['/__proto__/constructor/toString', '/__proto__/constructor/toString'],
    ['/names/1.0/CON', '/names/1.0/C%4fN'],
  ])('%s is %s', async (path, spelled) => {
    const target = (below: string): string => `/api/v4/projects/${project.id}/packages/generic${below}`;
    const headers = { 'private-token': server.rootToken };
    const put = await askFor(server.url, { method: 'PUT', target: target(path), headers, body: path });
    expect(put.status).toBe(201);
    for (const asked of [path, spelled]) {
      const answer = await askFor(server.url, { target: target(asked), headers });
      expect([answer.status, answer.body.toString()], asked).toEqual([200, path]);
    }
  });

  test('a + in a path is no space', async () => {
    await generic.put('/plus/1.0/a+b', 'plus');
    expect(await generic.text('/plus/1.0/a+b')).toBe('plus');
    expect((await generic.send('GET', '/plus/1.0/a%20b')).status).toBe(400);
  });

  test('capital letters tell packages, versions, folders and files apart', async () => {
    const paths = ['/Case/1.0/f', '/case/1.0/f', '/case/1.0/F', '/case/1.0/D/f', '/case/1.0/d/f', '/case/1.0A/f'];
    for (const path of paths) expect((await generic.put(path, path)).status).toBe(201);
    for (const path of paths) expect(await generic.text(path)).toBe(path);
    const files = await filesOf('case', '&package_version=1.0');
    expect(files.map((file) => String(file['file_name'])).sort()).toEqual(['D%2Ff', 'F', 'd%2Ff', 'f']);
  });

  test('a project by its path', async () => {
    await generic.put('/by-path/1.0/f', 'x');
    const url = `${server.url}/api/v4/projects/acme%2Ffiles/packages/generic/by-path/1.0/f`;
    const answer = await fetch(url, { headers: { 'private-token': server.rootToken } });
    expect(await answer.text()).toBe('x');
  });

  test('group and instance have no Generic registry', async () => {
    for (const mount of ['/api/v4/packages/generic', '/api/v4/groups/acme/-/packages/generic']) {
      for (const method of ['GET', 'PUT']) {
        const headers = { 'private-token': server.rootToken };
        const answer = await askFor(server.url, { method, target: `${mount}/p/1/f`, headers });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('allow')).toBe('');
      }
    }
  });
});

describe('what an upload answers', () => {
  test('201, and the file with select=package_file', async () => {
    expect(await generic.put('/answers/1.0/f', 'one')).toMatchObject(created);
    const { status, body } = await generic.put('/answers/1.0/a/b+c~/f.txt?select=package_file', 'two');
    const file = JSON.parse(body) as Record<string, unknown>;
    expect([status, file]).toMatchObject([
      200,
      { size: 3, file_name: 'a%2Fb%2Bc%7E%2Ff.txt', file_sha256: sha256('two'), file_store: 1, status: 'default' },
    ]);
    const shown = (await filesOf('answers')).find((each) => each['id'] === file['id']);
    for (const key of ['id', 'package_id', 'size', 'file_name', 'file_sha256', 'file_sha1', 'file_md5', 'created_at']) {
      expect(shown?.[key], key).toEqual(file[key]);
    }
    const { url } = file['file'] as { url: string };
    const byId = await fetch(`${server.url}${url}`, { headers: { 'private-token': server.rootToken } });
    expect([byId.headers.get('content-disposition'), await byId.text()]).toEqual([
      `attachment; filename="f.txt"; filename*=UTF-8''f.txt`,
      'two',
    ]);
  });

  test.each([
    ['/p%20q/1.0/f', 'package_name is invalid'],
    ['/p/1..0/f', 'package_version is invalid'],
    ['/p/1.0/~f', 'file_name is invalid'],
    ['/p%2f..%2fq/1.0/f', 'package_name should be a valid file path'],
    ['/p/1.0/f?status=evil', 'status does not have a valid value'],
    ['/p/1.0/f?select=everything', 'select does not have a valid value'],
    ['/p/1.0/f?status=', 'status does not have a valid value'],
  ])('%s: %s', async (path, error) => {
    const answer = await generic.put(path, 'x');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([400, { error }]);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

describe('a hidden package', () => {
  test('downloads, is in no list, and stays hidden until an upload says otherwise', async () => {
    const status = async (): Promise<string | undefined> =>
      (await listed('&status=hidden')).some((each) => each.name === 'secret')
        ? 'hidden'
        : (await listed()).find((each) => each.name === 'secret')?.status;
    expect(await generic.put('/secret/1.0/a?status=hidden', 'a')).toMatchObject(created);
    expect(await status()).toBe('hidden');
    expect(await generic.text('/secret/1.0/a')).toBe('a');
    expect((await listed()).map((each) => each.name)).not.toContain('secret');
    await generic.put('/secret/1.0/b', 'b');
    expect(await status()).toBe('hidden');
    await generic.put('/secret/1.0/c?status=default', 'c');
    expect(await status()).toBe('default');
    expect(await generic.text('/secret/1.0/a')).toBe('a');
    await generic.put('/secret/1.0/d?status=hidden', 'd');
    expect(await status()).toBe('hidden');
  });
});

describe('the same file again', () => {
  test('the newest answers, every one is in the list and downloads by its number', async () => {
    for (const text of ['one', 'two', 'three']) await generic.put('/again/1.0/f', text);
    expect(await generic.text('/again/1.0/f')).toBe('three');
    const files = await filesOf('again');
    expect(files.map((file) => file['file_sha256'])).toEqual(['one', 'two', 'three'].map(sha256));
    const { id, package_id: packageId } = files[0] as { id: number; package_id: number };
    const url = `${server.url}/api/v4/projects/${project.id}/packages/${packageId}/package_files/${id}/download`;
    const headers = { 'private-token': server.rootToken };
    expect(await (await fetch(url, { headers })).text()).toBe('one');
    await server.api(
      'DELETE',
      `/projects/${project.id}/packages/${packageId}/package_files/${Number(files[2]?.['id'])}`,
    );
    expect(await generic.text('/again/1.0/f')).toBe('two');
  });

  test('is refused where the settings say so, in GitLab’s words; other names and versions are not', async () => {
    const strict = await startServer({ settings: { PACKYARD_GENERIC_DUPLICATES: 'false' } });
    try {
      await strict.createGroup('acme');
      const { put, text } = genericWire(strict, await strict.createProject('acme/strict'));
      expect(await put('/p/1.0/f', 'one')).toMatchObject(created);
      const again = await put('/p/1.0/f', 'two');
      expect([again.status, JSON.parse(again.body)]).toEqual([
        400,
        { message: '400 Bad request - Duplicate package is not allowed' },
      ]);
      expect(await text('/p/1.0/f')).toBe('one');
      for (const other of ['/p/1.0/F', '/p/1.0/d/f', '/p/1.1/f', '/q/1.0/f']) {
        expect(await put(other, 'x'), other).toMatchObject(created);
      }
      const racing = await Promise.all(Array.from({ length: 16 }, (_, n) => put('/p/2.0/f', `number ${n}`)));
      expect(racing.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, ...Array(15).fill(400)]);
      expect(await text('/p/2.0/f')).toBe(`number ${racing.findIndex(({ status }) => status === 201)}`);
    } finally {
      await strict.stop();
    }
  });
});

describe('create only, replace only', () => {
  const race = async (path: string, headers: Record<string, string>): Promise<[statuses: number[], winner: number]> => {
    const racing = Array.from({ length: 16 }, (_, n) => generic.put(path, `number ${n}`, headers));
    const statuses = (await Promise.all(racing)).map(({ status }) => status);
    return [statuses.toSorted((a, b) => a - b), statuses.indexOf(201)];
  };
  const oneOf16 = [201, ...Array.from({ length: 15 }, () => 412)];

  test('of 16 that want to create a file, one does', async () => {
    const [statuses, winner] = await race('/race/1.0/f', { 'if-none-match': '*' });
    expect(statuses).toEqual(oneOf16);
    expect(await generic.text('/race/1.0/f')).toBe(`number ${winner}`);
  });

  test('of 16 that want to replace the file they have seen, one does', async () => {
    await generic.put('/race/2.0/f', 'seen');
    const etag = (await generic.send('HEAD', '/race/2.0/f')).headers.get('etag') ?? '';
    const [statuses, winner] = await race('/race/2.0/f', { 'if-match': etag });
    expect(statuses).toEqual(oneOf16);
    expect(await generic.text('/race/2.0/f')).toBe(`number ${winner}`);
  });

  test('If-Match: * replaces whatever there is, and creates nothing', async () => {
    expect((await generic.put('/race/3.0/f', 'x', { 'if-match': '*' })).status).toBe(412);
    await generic.put('/race/3.0/f', 'first');
    const [statuses] = await race('/race/3.0/f', { 'if-match': '*' });
    expect(statuses).toEqual(Array.from({ length: 16 }, () => 201));
  });

  test('a condition that does not hold stores nothing', async () => {
    await generic.put('/race/4.0/f', 'there');
    const blobs = await server.storedBlobs();
    const wrong = `"${'0'.repeat(64)}"`;
    const conditions: Record<string, string>[] = [
      { 'if-none-match': '*' },
      { 'if-match': wrong },
      { 'if-match': '"nonsense"' },
    ];
    for (const headers of conditions) {
      const answer = await generic.put('/race/4.0/f', 'refused bytes', headers);
      expect(answer.status).toBe(412);
    }
    expect(await server.storedBlobs()).toEqual(blobs);
    expect(await generic.text('/race/4.0/f')).toBe('there');
  });
});

test('a file by its number answers conditions, parts and what is not there as by its name', async () => {
  const { body } = await generic.put('/numbered/1.0/f?select=package_file', 'numbered');
  const { url } = (JSON.parse(body) as { file: { url: string } }).file;
  const ask = (target: string, headers: Record<string, string>, method = 'GET') =>
    askFor(server.url, { method, target, headers: { 'private-token': server.rootToken, ...headers } });
  const refused = await ask(url, { 'if-match': '"another"' });
  expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
    412,
    { message: expect.stringMatching(/^412 Precondition Failed/) },
  ]);
  const etag = `"${sha256('numbered')}"`;
  expect((await ask(url, { 'if-none-match': etag })).status).toBe(304);
  expect((await ask(url, { range: 'bytes=3-5' })).body.toString()).toBe('ber');
  expect((await ask(url, { range: 'bytes=99-' })).status).toBe(416);
  expect((await ask(url, {}, 'HEAD')).headers.get('content-length')).toBe('8');
  expect((await ask(url.replace(/\d+\/download/, '999999/download'), {})).status).toBe(404);
});

test('downloads are counted once each, from memory or not; HEAD and 304 are none', async () => {
  const counted = async (): Promise<number> => {
    const text = await (await fetch(`${server.url}/-/metrics`)).text();
    return Number(/^packyard_downloads_total (\d+)$/m.exec(text)?.[1]);
  };
  await generic.put('/counted/1.0/f', 'x');
  const before = await counted();
  const etag = (await generic.send('HEAD', '/counted/1.0/f')).headers.get('etag') ?? '';
  const carriers: Record<string, string>[] = [
    { 'private-token': server.rootToken },
    { authorization: `Bearer ${server.rootToken}` },
  ];
  const url = `${project.generic}/counted/1.0/f`;
  for (const headers of carriers) {
    for (let n = 0; n < 3; n++) expect(await (await fetch(url, { headers })).text()).toBe('x');
    expect((await fetch(url, { headers: { ...headers, 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(url, { method: 'HEAD', headers })).status).toBe(200);
  }
  expect((await counted()) - before).toBe(6);
});

test('types that a browser would run go out as bytes', async () => {
  const files = ['x.html', 'x.svg', 'x.xml', 'x.pdf', 'x.js', 'x.xhtml', 'noending', 'x.HTML', 'x.css'];
  for (const file of files) {
    await generic.put(`/types/1.0/${file}`, '<script>alert(1)</script>');
    const { headers } = await generic.send('GET', `/types/1.0/${file}`);
    expect(headers.get('content-type'), file).toBe('application/octet-stream');
    expect(headers.get('content-disposition'), file).toMatch(/^attachment;/);
  }
  await generic.put('/types/1.0/x.txt', 'text');
  expect((await generic.send('GET', '/types/1.0/x.txt')).headers.get('content-type')).toBe('text/plain; charset=utf-8');
});
