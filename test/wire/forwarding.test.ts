/** Request forwarding: who is sent on to a public registry, for what, and never for names of ours. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { type RestAnswer, restOf } from '../harness/rest.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../harness/types.ts';
import { createRegistry, gid } from '../harness/virtual.ts';
import { npmWire } from './npm-wire.ts';

const elsewhere = 'http://127.0.0.1:9/mirror';
let server: TestServer;
let mia: TestUser;
let group: TestGroup;
let project: TestProject;
let count = 0;

beforeAll(async () => {
  const urls = ['NPM', 'PYPI', 'MAVEN'].map(
    (format) => [`PACKYARD_${format}_FORWARDING_URL`, `${elsewhere}/`] as const,
  );
  server = await startServer({ settings: { ...Object.fromEntries(urls), PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' } });
  mia = await server.createUser('mia');
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  group = await server.createGroup(`acme-${count}`, 'private');
  await server.createGroup(`acme-${count}/sub`, 'private');
  project = await server.createProject(`acme-${count}/sub/app`, 'private');
  await server.addMember(group, mia, 'developer');
});

const rest = (method: string, path: string, json?: object, token = server.rootToken): Promise<RestAnswer> =>
  restOf(server)(method, path, { token, ...(json === undefined ? {} : { json }) });
const field = (format: string): string => `${format}_package_requests_forwarding`;
/** Forwards in the group unless said otherwise. */
async function forward(format: string, value: boolean | null = true, path = `/groups/${group.id}`): Promise<void> {
  expect((await rest('PUT', path, { [field(format)]: value })).status).toBe(200);
}
const below = (format: string, path: string): string => `/projects/${project.id}/packages/${format}/${path}`;
const inGroup = (format: string, path: string): string => `/groups/${group.id}/-/packages/${format}/${path}`;

const asUser = ({ username, token }: TestUser): string =>
  `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;
const by = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Where a request is sent on to, without the mirror; its status where it isn't. */
async function sentTo(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<string | number> {
  const url = `${server.url}/api/v4${path}`;
  const usual = { authorization: asUser(mia) };
  const answer = await fetch(url, { method, headers: { ...usual, ...headers }, redirect: 'manual' });
  await answer.arrayBuffer();
  if (answer.status !== 302) return answer.status;
  expect(answer.headers.get('cache-control')).toContain('no-store');
  const location = answer.headers.get('location') ?? '';
  expect(location.startsWith(`${elsewhere}/`)).toBe(true);
  return location.slice(elsewhere.length + 1);
}

describe('what is asked for elsewhere', () => {
  test.each([
    ['npm', 'left-pad', 'left-pad'],
    ['npm', '@types/node', '@types%2Fnode'],
    ['npm', '@types%2fnode', '@types%2Fnode'],
    ['npm', 'left-pad/-/left-pad-1.0.0.tgz', 'left-pad/-/left-pad-1.0.0.tgz'],
    ['npm', '@types/node/-/node-1.0.0.tgz', '@types%2Fnode/-/node-1.0.0.tgz'],
    ['npm', 'left-pad/1.0.0', 'left-pad/1.0.0'],
    ['npm', 'left-pad/latest', 'left-pad/latest'],
    ['pypi', 'simple/requests/', 'requests/'],
    ['maven', 'junit/junit/maven-metadata.xml', 'junit/junit/maven-metadata.xml'],
    ['maven', 'junit/junit/4.13/junit-4.13.jar', 'junit/junit/4.13/junit-4.13.jar'],
    ['maven', 'junit/junit/4.13/junit-4.13.pom.sha1', 'junit/junit/4.13/junit-4.13.pom.sha1'],
    ['maven', 'org/apache/maven/plugins/maven-metadata.xml', 'org/apache/maven/plugins/maven-metadata.xml'],
  ])('%s: %s', async (format, path, there) => {
    expect(await sentTo(below(format, path))).toBe(404);
    await forward(format);
    expect(await sentTo(below(format, path))).toBe(there);
    expect(await sentTo(below(format, path), {}, 'HEAD')).toBe(there);
    expect(await sentTo(inGroup(format, path))).toBe(there);
  });

  test.each([
    ['npm', 'left-pad/-/other-1.0.0.tgz'],
    ['npm', 'left-pad/-/left-pad-1.0.0.exe'],
    ['npm', '-/package/left-pad/dist-tags'],
    ['npm', '-/npm/v1/attestations/left-pad@1.0.0'],
    ['npm', '.hidden'],
    ['npm', 'left-pad?write=true'],
    ['pypi', 'files/0000000000000000000000000000000000000000000000000000000000000000/x-1.0.tar.gz'],
    ['pypi', 'pypi/requests/json'],
    ['maven', 'archetype-catalog.xml'],
    ['maven', 'junit/junit/4.13/'],
  ])('%s: %s is not', async (format, path) => {
    await forward(format);
    expect(await sentTo(below(format, path))).toBe(404);
  });

  test('what asks in order to publish is not', async () => {
    await forward('npm');
    expect(await sentTo(below('npm', 'left-pad'), by(mia.token))).toBe('left-pad');
    expect(await sentTo(below('npm', 'left-pad'), { 'npm-command': 'publish' })).toBe(404);
    expect(await sentTo(below('npm', 'left-pad'), { 'npm-command': 'install' })).toBe('left-pad');
  });

  test('what Yarn 2 and newer asks with a token is not: it sends that to the hosts that documents name', async () => {
    await forward('npm');
    const berry = { 'user-agent': 'got (https://github.com/sindresorhus/got)' };
    for (const path of ['left-pad', 'left-pad/-/left-pad-1.0.0.tgz', 'left-pad/1.0.0']) {
      expect(await sentTo(below('npm', path), berry)).toBe(404);
    }
    await rest('PUT', `/groups/${group.id}`, { visibility: 'public' });
    const open = await server.createProject(`acme-${count}/open`, 'public');
    const url = `/projects/${open.id}/packages/npm/left-pad`;
    expect(await sentTo(url, { ...berry, authorization: '' })).toBe('left-pad');
  });

  test('line breaks and other hosts do not come into the address', async () => {
    await forward('maven');
    await forward('npm');
    for (const path of ['junit/junit/1%0d%0ax-evil:1/junit-1.jar', '%2f%2fevil.example/x/1/x-1.jar']) {
      expect(await sentTo(below('maven', path))).toBe(400);
    }
    expect(await sentTo(below('npm', 'x%0d%0ax-evil:1'))).toSatisfy((sent) => sent === 404 || sent === 400);
  });
});

describe('who is sent on', () => {
  test('nobody who may not read the place', async () => {
    await forward('npm');
    const stranger = await server.createUser(`sten-${count}`);
    expect(await sentTo(below('npm', 'left-pad'), by(stranger.token))).toBe(404);
    expect(await sentTo(below('npm', 'left-pad'), { authorization: '' })).toBe(401);
    expect(await sentTo(below('npm', 'left-pad'), by('wrong'))).toBe(401);
  });

  test('nobody whose credential would go along: Maven sends headers of its settings to every host', async () => {
    await forward('maven');
    const pom = below('maven', 'junit/junit/4.13/junit-4.13.pom');
    expect(await sentTo(pom)).toBe('junit/junit/4.13/junit-4.13.pom');
    expect(await sentTo(pom, by(mia.token))).toBe(404);
    expect(await sentTo(pom, { authorization: `bearer ${mia.token}` })).toBe(404);
    expect(await sentTo(pom, { authorization: '', 'private-token': mia.token })).toBe(404);
    expect(await sentTo(pom, { 'private-token': mia.token })).toBe(404);
    expect(await sentTo(pom, { authorization: '', 'job-token': mia.token })).toBe(404);
    const options = { kind: 'deploy', of: project, scopes: ['read_package_registry'], username: 'ci' } as const;
    const { token } = await server.createToken(options);
    expect(await sentTo(pom, { authorization: '', 'deploy-token': token })).toBe(404);
  });

  test.each(['Wget/1.21.3', 'Python-urllib/3.11', 'Java-http-client/17.0.15'])(
    '%s with a credential is not: it takes that along',
    async (agent) => {
      await forward('npm');
      expect(await sentTo(below('npm', 'left-pad'), { 'user-agent': agent })).toBe(404);
      await rest('PUT', `/groups/${group.id}`, { visibility: 'public' });
      const open = await server.createProject(`acme-${count}/open`, 'public');
      const url = `/projects/${open.id}/packages/npm/left-pad`;
      expect(await sentTo(url, { 'user-agent': agent, authorization: '' })).toBe('left-pad');
    },
  );

  test('nobody by a virtual registry, nor by the dependency proxy', async () => {
    await forward('npm');
    const registry = await createRegistry(server, group, 'npm', [gid.project(project.id)]);
    const path = registry.url.slice(`${server.url}/api/v4`.length);
    expect(await sentTo(`${path}/left-pad`)).toBe(404);
    expect(await sentTo(`/projects/${project.id}/dependency_proxy/packages/npm/left-pad`)).toBe(404);
  });

  test('those of the view over everything when the server forwards', async () => {
    await rest('PUT', '/application/settings', { [field('npm')]: true });
    expect(await sentTo('/packages/npm/left-pad')).toBe('left-pad');
    await npmWire(project.npm, server.rootToken).put(await npmPackage({ name: `ours-${count}` }));
    await rest('DELETE', `/projects/${project.id}`);
    expect(await sentTo(`/packages/npm/ours-${count}`)).toBe(404);
    expect(await sentTo(`/packages/npm/@acme-${count}/x`)).toBe(404);
    await rest('PUT', '/application/settings', { [field('npm')]: null });
    expect(await sentTo('/packages/npm/left-pad')).toBe(404);
  });
});

describe('names of ours', () => {
  test('are asked of nobody else: not a version that is not here, not after they are deleted', async () => {
    await forward('npm');
    const name = `ours-${count}`;
    expect(await sentTo(below('npm', name))).toBe(name);
    await npmWire(project.npm, server.rootToken).put(await npmPackage({ name }));
    expect(await sentTo(below('npm', `${name}/-/${name}-9.9.9.tgz`))).toBe(404);
    const other = await server.createProject(`acme-${count}/other`, 'private');
    const inOther = `/projects/${other.id}/packages/npm/${name}`;
    expect(await sentTo(inOther)).toBe(404);
    await rest('DELETE', `/projects/${project.id}`);
    expect(await sentTo(inOther)).toBe(404);
    expect(await sentTo(inGroup('npm', name))).toBe(404);
  });

  test('nor scopes of ours: one that we published in, and that of the group', async () => {
    await forward('npm');
    await npmWire(project.npm, server.rootToken).put(await npmPackage({ name: `@scope-${count}/one` }));
    expect(await sentTo(below('npm', `@scope-${count}/two`))).toBe(404);
    expect(await sentTo(below('npm', `@acme-${count}/two`))).toBe(404);
    expect(await sentTo(below('npm', '@babel/core'))).toBe('@babel%2Fcore');
  });

  test('nor the plugins of a group of ours, or metadata inside of an artifact', async () => {
    await forward('maven');
    const pom = `com/acme${count}/lib/1.0/lib-1.0.pom`;
    const body = `<project><modelVersion>4.0.0</modelVersion><groupId>com.acme${count}</groupId><artifactId>lib</artifactId><version>1.0</version></project>`;
    const put = await fetch(`${server.url}/api/v4${below('maven', pom)}`, {
      method: 'PUT',
      headers: { 'private-token': mia.token },
      body,
    });
    expect(put.status).toBeLessThan(300);
    const other = await server.createProject(`acme-${count}/other`, 'private');
    const ask = (path: string): Promise<string | number> => sentTo(`/projects/${other.id}/packages/maven/${path}`);
    for (const path of [
      'maven-metadata.xml',
      'lib/maven-metadata.xml',
      'lib/2.0/lib-2.0.pom',
      'lib/2.0/maven-metadata.xml',
    ]) {
      expect([path, await ask(`com/acme${count}/${path}`)]).toEqual([path, 404]);
    }
    expect(await ask(`com/acme${count}/tool/1.0/tool-1.0.pom`)).toBe(`com/acme${count}/tool/1.0/tool-1.0.pom`);
    expect(await ask(`com/acme${count}0/maven-metadata.xml`)).toBe(`com/acme${count}0/maven-metadata.xml`);
  });
});

describe('the setting', () => {
  const path = (): string => below('npm', 'left-pad');

  test('cascades: the nearest that says something holds, at once', async () => {
    const sub = (await rest('GET', `/groups/acme-${count}%2Fsub`)).body as { id: number };
    await forward('npm', true, '/application/settings');
    expect(await sentTo(path())).toBe('left-pad');
    await forward('npm', false);
    expect(await sentTo(path())).toBe(404);
    await forward('npm', true, `/groups/${sub.id}`);
    expect(await sentTo(path())).toBe('left-pad');
    await forward('npm', false, `/projects/${project.id}`);
    expect(await sentTo(path())).toBe(404);
    await forward('npm', null, `/projects/${project.id}`);
    expect(await sentTo(path())).toBe('left-pad');
    expect((await rest('GET', `/groups/${group.id}`)).body).toMatchObject({ [field('npm')]: false });
    expect((await rest('GET', `/projects/${project.id}`)).body).toMatchObject({ [field('npm')]: true });
    await forward('npm', null, '/application/settings');
  });

  test('is locked for all below', async () => {
    await forward('npm', true, `/projects/${project.id}`);
    const locked = await rest('PUT', `/groups/${group.id}`, { [field('npm')]: false, [`lock_${field('npm')}`]: true });
    expect(locked.body).toMatchObject({ [field('npm')]: false, [`lock_${field('npm')}`]: true });
    expect(await sentTo(path())).toBe(404);
    const refused = await rest('PUT', `/projects/${project.id}`, { [field('npm')]: true });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain('locked by an ancestor');
    expect((await rest('GET', `/projects/${project.id}`)).body).toMatchObject({
      [field('npm')]: false,
      [`${field('npm')}_locked`]: true,
    });
    await rest('PUT', `/groups/${group.id}`, { [`lock_${field('npm')}`]: false });
    expect(await sentTo(path())).toBe('left-pad');
  });

  test('is for owners, and for administrators of the server', async () => {
    const mara = await server.createUser(`mara-${count}`);
    await server.addMember(group, mara, 'maintainer');
    const body = { [field('npm')]: true };
    expect((await rest('PUT', `/projects/${project.id}`, body, mara.token)).status).toBe(403);
    expect((await rest('PUT', `/projects/${project.id}`, { description: 'x' }, mara.token)).status).toBe(200);
    expect((await rest('PUT', `/groups/${group.id}`, body, mara.token)).status).toBe(403);
    expect((await rest('PUT', '/application/settings', body, mara.token)).status).toBe(403);
    expect((await rest('GET', '/application/settings', undefined, mara.token)).status).toBe(403);
    expect((await rest('GET', '/application/settings')).body).toMatchObject({
      [field('npm')]: false,
      [field('maven')]: false,
      [field('pypi')]: false,
    });
  });

  test('is one of those formats that have a public home, and takes yes and no', async () => {
    expect((await rest('PUT', `/groups/${group.id}`, { [field('npm')]: 'True' })).body).toMatchObject({
      [field('npm')]: true,
    });
    expect((await rest('PUT', `/groups/${group.id}`, { [field('npm')]: 'perhaps' })).status).toBe(400);
    const lock = { [`lock_${field('npm')}`]: true };
    expect((await rest('PUT', `/projects/${project.id}`, lock)).status).toBe(400);
    expect(await rest('GET', `/groups/${group.id}`)).not.toHaveProperty(`body.${field('generic')}`);
  });

  test('is written into the audit trail', async () => {
    await forward('npm');
    const events = await rest('GET', '/audit_events?per_page=100');
    expect(JSON.stringify(events.body)).toContain(field('npm'));
  });
});

test('the configuration says what holds where nobody says anything', async () => {
  const settings = { PACKYARD_NPM_FORWARDING: 'true', PACKYARD_NPM_FORWARDING_URL: elsewhere };
  const other = await startServer({ settings });
  const answer = await fetch(`${other.url}/api/v4/packages/npm/left-pad`, { redirect: 'manual' });
  expect(answer.headers.get('location')).toBe(`${elsewhere}/left-pad`);
  await other.stop();
});
