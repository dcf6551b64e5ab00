import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmPackage, publishDocument } from '../../../test/harness/packages.ts';
import { type Rest, restOf } from '../../../test/harness/rest.ts';
import { startServer } from '../../../test/harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../../../test/harness/types.ts';

let server: TestServer;
let rest: Rest;
let token: string;
let group: TestGroup;
let one: TestProject;
let deep: TestProject;
let reader: TestUser;
let now = Date.UTC(2030, 0, 1);

beforeAll(async () => {
  server = await startServer({ now: () => now });
  rest = restOf(server);
  token = server.rootToken;
  group = await server.createGroup('acme');
  await server.createGroup('acme/sub');
  one = await server.createProject('acme/one');
  deep = await server.createProject('acme/sub/deep');
  reader = await server.createUser('reader');
  await server.addMember(one, reader, 'reporter');
  for (const [project, name, version] of [
    [one, 'alpha', '1.0.0'],
    [one, 'alpha', '2.0.0'],
    [one, 'beta_x', '1.0.0'],
    [one, 'betaXx', '0.1.0'],
    [deep, 'gamma', '1.0.0'],
  ] as const) {
    now += 1_000;
    await upload(project, name, version, `${name}.bin`);
  }
});

afterAll(() => server.stop());

async function upload(project: TestProject, name: string, version: string, file: string, query = ''): Promise<void> {
  const answer = await fetch(`${project.generic}/${name}/${version}/${file}${query}`, {
    method: 'PUT',
    headers: { 'private-token': token },
    body: `bytes of ${name} ${version} ${file}`,
  });
  expect(answer.status).toBe(201);
}

interface Item {
  readonly id: number;
  readonly name: string;
  readonly version: string;
}

async function names(path: string): Promise<string[]> {
  const { status, body } = await rest('GET', path, { token });
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as Item[]).map(({ name, version }) => `${name} ${version}`);
}

async function idOf(project: TestProject, name: string, version: string): Promise<number> {
  const { body } = await rest(
    'GET',
    `/projects/${project.id}/packages?package_name=${name}&package_version=${version}`,
    {
      token,
    },
  );
  return (body as Item[])[0]?.id ?? 0;
}

test('a package of a list has the shape of GitLab', async () => {
  const { body, headers } = await rest('GET', `/projects/acme%2Fone/packages?per_page=1`, { token });
  const id = await idOf(one, 'alpha', '1.0.0');
  expect(body).toEqual([
    {
      id,
      name: 'alpha',
      version: '1.0.0',
      package_type: 'generic',
      status: 'default',
      _links: {
        web_path: `/acme/one/-/packages/${id}`,
        delete_api_path: `${server.url}/api/v4/projects/${one.id}/packages/${id}`,
      },
      created_at: '2030-01-01T00:00:01.000Z',
      last_downloaded_at: null,
      tags: [],
      pipelines: [],
    },
  ]);
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-total': '4',
    'x-total-pages': '4',
    'x-page': '1',
    'x-per-page': '1',
    'x-next-page': '2',
    'x-prev-page': '',
    link: expect.stringContaining(`<${server.url}/api/v4/projects/acme%2Fone/packages?per_page=1&page=2>; rel="next"`),
  });
});

test('those who may not delete see no link to delete', async () => {
  const { body } = await rest('GET', `/projects/${one.id}/packages`, { token: reader.token });
  expect(JSON.stringify(body)).not.toContain('delete_api_path');
});

test.each([
  ['', ['alpha 1.0.0', 'alpha 2.0.0', 'beta_x 1.0.0', 'betaXx 0.1.0']],
  ['?sort=desc', ['betaXx 0.1.0', 'beta_x 1.0.0', 'alpha 2.0.0', 'alpha 1.0.0']],
  ['?order_by=version&sort=desc', ['alpha 2.0.0', 'beta_x 1.0.0', 'alpha 1.0.0', 'betaXx 0.1.0']],
  ['?order_by=name&sort=asc', ['alpha 1.0.0', 'alpha 2.0.0', 'beta_x 1.0.0', 'betaXx 0.1.0']],
  ['?package_name=BETA', ['beta_x 1.0.0', 'betaXx 0.1.0']],
  ['?package_name=a_x', ['beta_x 1.0.0']],
  ['?package_name=%25', []],
  ['?package_name=a%25a', []],
  ['?package_name=%5C', []],
  [`?package_name=${encodeURIComponent("' or 1=1 --")}`, []],
  [`?package_name=${encodeURIComponent('"*" NEAR( a:*&!')}`, []],
  [`?package_version=${encodeURIComponent("1.0.0' or '1'='1")}`, []],
  [`?package_type=${encodeURIComponent("generic' --")}`, []],
  ['?package_version=1.0.0', ['alpha 1.0.0', 'beta_x 1.0.0']],
  ['?package_version=1.0', []],
  ['?package_type=npm', []],
  ['?status=error', []],
  ['?status=default&package_name=alpha', ['alpha 1.0.0', 'alpha 2.0.0']],
  ['?include_versionless=True&page=2&per_page=3', ['betaXx 0.1.0']],
  ['?per_page=1000000000', ['alpha 1.0.0', 'alpha 2.0.0', 'beta_x 1.0.0', 'betaXx 0.1.0']],
  ['?page=99', []],
])('list %s', async (query, expected) => {
  expect(await names(`/projects/${one.id}/packages${query}`)).toEqual(expected);
});

test.each([
  ['?order_by=id%3Bdrop+table+version', 'order_by does not have a valid value'],
  ['?order_by=project_path', 'order_by does not have a valid value'],
  ['?sort=up', 'sort does not have a valid value'],
  ['?status=pending_destruction', 'status does not have a valid value'],
  ['?page=-1', 'page does not have a valid value'],
  ['?page=0', 'page does not have a valid value'],
  ['?page=x', 'page is invalid'],
  ['?per_page=0', 'per_page does not have a valid value'],
  ['?per_page=1.5', 'per_page is invalid'],
  ['?page=1000000000000', expect.stringContaining('Lists can skip at most')],
  ['?page=1e300', expect.any(String)],
  ['?package_name=a%00b', 'package_name does not have a valid value'],
  [`?package_name=${'a'.repeat(300)}`, 'package_name does not have a valid value'],
  ['?package_name=a&package_name=b', 'package_name is invalid'],
])('list %s is refused', async (query, error) => {
  const { status, body } = await rest('GET', `/projects/${one.id}/packages${query}`, { token });
  expect([status, body]).toEqual([400, { error }]);
});

test("a group lists its projects' packages, subgroups too, as far as the caller may read", async () => {
  const all = await names(`/groups/${group.id}/packages?order_by=project_path&sort=desc`);
  expect(all).toEqual(['gamma 1.0.0', 'betaXx 0.1.0', 'beta_x 1.0.0', 'alpha 2.0.0', 'alpha 1.0.0']);
  expect(await names('/groups/acme/packages?exclude_subgroups=true&package_name=m')).toEqual([]);
  const { body } = await rest('GET', '/groups/acme%2Fsub/packages', { token });
  expect(body).toEqual([expect.objectContaining({ project_id: deep.id, project_path: 'acme/sub/deep' })]);
  const read = await rest('GET', '/groups/acme/packages', { token: reader.token });
  expect((read.body as { project_id: number }[]).map(({ project_id }) => project_id)).toEqual(Array(4).fill(one.id));
  expect(read.headers.get('x-total')).toBe('4');
});

test('one package shows its other versions', async () => {
  const id = await idOf(one, 'alpha', '1.0.0');
  const other = await idOf(one, 'alpha', '2.0.0');
  const { body } = await rest('GET', `/projects/${one.id}/packages/${id}`, { token });
  expect(body).toMatchObject({
    id,
    versions: [{ id: other, version: '2.0.0', created_at: '2030-01-01T00:00:02.000Z', tags: [], pipelines: [] }],
  });
});

test('npm packages carry their tags, and both kinds are listed side by side', async () => {
  const project = await server.createProject('acme/mixed');
  for (const version of ['1.0.0', '2.0.0']) {
    const body = publishDocument(await npmPackage({ name: '@acme/left', version }), {
      tag: version === '1.0.0' ? 'old' : 'latest',
    });
    const published = await rest('PUT', `/projects/${project.id}/packages/npm/@acme%2fleft`, { token, json: body });
    expect(published.status).toBeLessThan(300);
  }
  await upload(project, 'tool', '1.0.0', 't.bin');
  const { body } = await rest('GET', `/projects/${project.id}/packages?order_by=type&sort=desc`, { token });
  const tags = (body as { package_type: string; name: string; tags: { name: string }[] }[]).map((one) => [
    one.package_type,
    one.name,
    ...one.tags.map(({ name }) => name),
  ]);
  expect(tags).toContainEqual(['npm', '@acme/left', 'latest']);
  expect(tags[2]).toEqual(['generic', 'tool']);
  expect(tags.flat()).toContain('old');
  expect(await names(`/projects/${project.id}/packages?package_type=npm&package_name=@acme/`)).toHaveLength(2);
  const newest = await idOf(project, '%40acme%2Fleft', '2.0.0');
  expect((await rest('DELETE', `/projects/${project.id}/packages/${newest}`, { token })).status).toBe(204);
  const packument = await rest('GET', `/projects/${project.id}/packages/npm/@acme%2fleft`, { token });
  expect(Object.keys((packument.body as { versions: object }).versions)).toEqual(['1.0.0']);
});

test('files are listed with digests of what was uploaded', async () => {
  const id = await idOf(deep, 'gamma', '1.0.0');
  const bytes = 'bytes of gamma 1.0.0 gamma.bin';
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  const { body, headers } = await rest('GET', `/projects/${deep.id}/packages/${id}/package_files`, { token });
  expect(body).toEqual([
    {
      id: expect.any(Number),
      package_id: id,
      created_at: '2030-01-01T00:00:05.000Z',
      file_name: 'gamma.bin',
      size: bytes.length,
      file_md5: hash('md5'),
      file_sha1: hash('sha1'),
      file_sha256: hash('sha256'),
      file_sha512: hash('sha512'),
      pipelines: [],
    },
  ]);
  expect(headers.get('x-total')).toBe('1');
});

test('a file is downloaded whole, in part, or not again', async () => {
  const { id, file } = await fileOf(deep, 'gamma', '1.0.0');
  const path = `/projects/${deep.id}/packages/${id}/package_files/${file}/download`;
  const whole = await rest('GET', path, { token });
  expect([whole.status, whole.body]).toEqual([200, 'bytes of gamma 1.0.0 gamma.bin']);
  expect(whole.headers.get('content-type')).toBe('application/octet-stream');
  expect(whole.headers.get('content-disposition')).toMatch(/^attachment; filename="?gamma\.bin"?/);
  expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
  const part = await rest('GET', path, { token, headers: { range: 'bytes=0-4' } });
  expect([part.status, part.body]).toEqual([206, 'bytes']);
  const etag = whole.headers.get('etag') ?? '';
  const again = await rest('GET', path, { token, headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
});

async function fileOf(project: TestProject, name: string, version: string): Promise<{ id: number; file: number }> {
  const id = await idOf(project, name, version);
  const { body } = await rest('GET', `/projects/${project.id}/packages/${id}/package_files`, { token });
  return { id, file: (body as { id: number }[])[0]?.id ?? 0 };
}

test("another project's package and file are not found by their numbers", async () => {
  const { id, file } = await fileOf(deep, 'gamma', '1.0.0');
  const own = await fileOf(one, 'alpha', '1.0.0');
  const base = `/projects/${one.id}/packages`;
  for (const [method, path, message] of [
    ['GET', `${base}/${id}`, '404 Package Not Found'],
    ['GET', `${base}/${id}/package_files`, '404 Package Not Found'],
    ['GET', `${base}/${id}/pipelines`, '404 Package Not Found'],
    ['GET', `${base}/${id}/package_files/${file}/download`, '404 Package Not Found'],
    ['GET', `${base}/${own.id}/package_files/${file}/download`, '404 Not Found'],
    ['DELETE', `${base}/${id}`, '404 Package Not Found'],
    ['DELETE', `${base}/${id}/package_files/${file}`, '404 Package Not Found'],
    ['DELETE', `${base}/${own.id}/package_files/${file}`, '404 Not Found'],
  ] as const) {
    const { status, body } = await rest(method, path, { token });
    expect([method, path, status, body]).toEqual([method, path, 404, { message }]);
  }
  expect(await names(`/projects/${deep.id}/packages`)).toEqual(['gamma 1.0.0']);
});

test.each(['0', '-1', '1.5', 'x', '1e300', '99999999999999999999', '..%2f1', '%00'])(
  'a package can not be number %s',
  async (number) => {
    const { status } = await rest('GET', `/projects/${one.id}/packages/${number}`, { token });
    expect(status).toBe(400);
  },
);

test('hidden packages are not listed or shown, but their files can be had', async () => {
  await upload(deep, 'quiet', '1.0.0', 'q.bin', '?status=hidden');
  expect(await names(`/projects/${deep.id}/packages`)).toEqual(['gamma 1.0.0']);
  expect(await names(`/projects/${deep.id}/packages?status=hidden`)).toEqual(['quiet 1.0.0']);
  const { body } = await rest('GET', `/projects/${deep.id}/packages?status=hidden`, { token });
  const id = (body as Item[])[0]?.id;
  expect((await rest('GET', `/projects/${deep.id}/packages/${id}`, { token })).status).toBe(404);
  const files = await rest('GET', `/projects/${deep.id}/packages/${id}/package_files`, { token });
  expect(files.body).toHaveLength(1);
});

test('deleting a package honours If-Unmodified-Since, leaves an audit event and frees the version', async () => {
  await upload(one, 'doomed', '1.0.0', 'a.bin');
  const id = await idOf(one, 'doomed', '1.0.0');
  const path = `/projects/${one.id}/packages/${id}`;
  const early = { token, headers: { 'if-unmodified-since': 'Mon, 31 Dec 2029 00:00:00 GMT' } };
  expect((await rest('DELETE', path, early)).status).toBe(412);
  const late = { token, headers: { 'if-unmodified-since': new Date(now).toUTCString() } };
  const gone = await rest('DELETE', path, late);
  expect([gone.status, gone.body]).toEqual([204, null]);
  expect((await rest('DELETE', path, { token })).status).toBe(404);
  const [event] = (await rest('GET', `/projects/${one.id}/audit_events?per_page=1`, { token })).body as {
    event_name: string;
    target: string;
  }[];
  expect(event).toMatchObject({ author_name: 'user:root', target: 'generic:doomed' });
  await upload(one, 'doomed', '1.0.0', 'a.bin');
});

test('deleting a file leaves the others', async () => {
  await upload(one, 'pair', '1.0.0', 'a.bin');
  await upload(one, 'pair', '1.0.0', 'b.bin');
  const { id, file } = await fileOf(one, 'pair', '1.0.0');
  const path = `/projects/${one.id}/packages/${id}/package_files`;
  expect((await rest('DELETE', `${path}/${file}`, { token })).status).toBe(204);
  const { body } = await rest('GET', path, { token });
  expect(body).toEqual([expect.objectContaining({ file_name: 'b.bin' })]);
});

test('files are sorted by name', async () => {
  for (const file of ['z.bin', 'm.bin', 'a.bin']) await upload(one, 'many', '1.0.0', file);
  const id = await idOf(one, 'many', '1.0.0');
  const { body } = await rest(
    'GET',
    `/projects/${one.id}/packages/${id}/package_files?order_by=file_name&sort=desc&per_page=2`,
    { token },
  );
  expect((body as { file_name: string }[]).map(({ file_name }) => file_name)).toEqual(['z.bin', 'm.bin']);
});

test('a switched-off registry answers 403 to those who may see the project', async () => {
  const off = await server.createProject('acme/off', 'private');
  await rest('PUT', `/projects/${off.id}`, { token, json: { package_registry_access_level: 'disabled' } });
  const answer = await rest('GET', `/projects/${off.id}/packages`, { token });
  expect(answer.status).toBe(403);
  expect((await rest('GET', `/projects/${off.id}/packages`, { token: reader.token })).status).toBe(404);
});

test('a private project may let anyone pull', async () => {
  const open = await server.createProject('acme/open', 'private');
  await upload(open, 'tool', '1.0.0', 't.bin');
  await rest('PUT', `/projects/${open.id}`, { token, json: { package_registry_access_level: 'public' } });
  expect((await rest('GET', `/projects/${open.id}/packages`)).status).toBe(200);
  expect((await rest('GET', `/projects/${open.id}`)).status).toBe(404);
});
