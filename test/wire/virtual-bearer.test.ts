/** Upstreams that want `Authorization: Bearer`, as GitLab, GitHub and Artifactory do of npm clients. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { type RestAnswer, restOf } from '../harness/rest.ts';
import { npmWire } from './npm-wire.ts';
import { virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
const secret = 'abc.DEF-123_~+/==';
let name: string;

beforeEach(async () => {
  name = `thing-${scene.count}`;
  await offerNpm(scene.upstream, name, [{}]);
});

const seen = (path = `/${name}`): string | undefined => scene.upstream.headers.get(path)?.authorization;
const rest = (method: string, path: string, json?: object): Promise<RestAnswer> =>
  restOf(scene.server)(method, path, { token: scene.server.rootToken, ...(json === undefined ? {} : { json }) });
const upstreamPath = (): string => `/virtual_registries/packages/npm/upstreams/${scene.upstreamId}`;
async function asked(): Promise<number> {
  return (await scene.get(name)).status;
}

describe('a bearer token', () => {
  test('is sent to the upstream, and shown to nobody', async () => {
    await scene.renew([{ url: scene.upstream.url, token: secret }]);
    expect(await asked()).toBe(200);
    expect(seen()).toBe(`Bearer ${secret}`);
    const shown = await rest('GET', upstreamPath());
    expect(shown.body).toMatchObject({ username: null, credentials: 'token' });
    expect(JSON.stringify(shown.body)).not.toContain(secret);
    expect(JSON.stringify(await scene.server.events())).not.toContain(secret);
    const file = await readFile(join(scene.server.data, 'packyard.db')).catch(() => Buffer.alloc(0));
    expect(file.includes(secret)).toBe(false);
  });

  test('goes to no other origin, trusted or not', async () => {
    const other = await fakeUpstream();
    scene.upstream.on(`/${name}`, (_request, response) => {
      response.writeHead(302, { location: `${other.url}/${name}` }).end();
    });
    await offerNpm(other, name, [{}]);
    await scene.renew([{ url: scene.upstream.url, token: secret, trusted_origins: [other.url] }]);
    expect(await asked()).toBe(200);
    expect(seen()).toBe(`Bearer ${secret}`);
    expect(other.headers.get(`/${name}`)).not.toHaveProperty('authorization');
    await other.close();
  });

  test('ends with the URL, and with another kind of credentials', async () => {
    await scene.renew([{ url: `${scene.upstream.url}/sub`, token: secret }]);
    const change = (fields: object) => rest('PATCH', upstreamPath(), fields);
    expect((await change({ description: 'x' })).body).toMatchObject({ credentials: 'token' });
    expect((await change({ username: null, password: null })).body).toMatchObject({ credentials: 'token' });
    expect((await change({ username: 'ann' })).status).toBe(400);
    const basic = await change({ username: 'ann', password: 'x' });
    expect(basic.body).toMatchObject({ username: 'ann', credentials: 'password' });
    expect((await change({ token: null })).body).toMatchObject({ credentials: 'password' });
    expect((await change({ token: secret })).body).toMatchObject({ username: null, credentials: 'token' });
    expect((await change({ token: '' })).body).toMatchObject({ credentials: 'none' });
    await change({ token: secret });
    const moved = await change({ url: `${scene.upstream.url}/elsewhere` });
    expect(moved.body).toMatchObject({ credentials: 'none' });
    await rest('GET', `${upstreamPath()}/test`);
    expect(scene.upstream.headers.get('/elsewhere/')).not.toHaveProperty('authorization');
  });

  test('is sent by tests of the connection', async () => {
    const url = `${scene.upstream.url}/private`;
    const at = `/groups/${scene.group.id}/-/virtual_registries/packages/npm/upstreams/test`;
    expect((await rest('POST', at, { url, token: secret })).body).toEqual({ success: true });
    expect(seen('/private/')).toBe(`Bearer ${secret}`);
  });

  test('works for the dependency proxy of a project', async () => {
    const at = `/projects/${scene.project.id}/dependency_proxy/settings/npm`;
    const set = await rest('PUT', at, { url: scene.upstream.url, token: secret });
    expect(set.body).toMatchObject({ credentials: 'token' });
    const url = `${scene.server.url}/api/v4/projects/${scene.project.id}/dependency_proxy/packages/npm/`;
    expect((await npmWire(url, scene.member.token).send('GET', name)).status).toBe(200);
    expect(seen()).toBe(`Bearer ${secret}`);
    await rest('DELETE', at);
  });

  test.each([
    { token: 'x', username: 'ann', password: 'x' },
    { token: 'x', password: 'x' },
    { token: 'two words' },
    { token: 'Bearer x' },
    { token: 'a\r\nx-evil: 1' },
    { token: 'ä' },
  ])('%j is refused', async (fields) => {
    await scene.renew([{ url: `${scene.upstream.url}/x` }]);
    expect((await rest('PATCH', upstreamPath(), fields)).status).toBe(400);
    const at = `/groups/${scene.group.id}/-/virtual_registries/packages/npm/upstreams/test`;
    expect((await rest('POST', at, { url: scene.upstream.url, ...fields })).status).toBe(400);
  });

  test('has no meaning for what is ours', async () => {
    const answer = await rest('PATCH', upstreamPath(), { url: `gid://gitlab/Project/${scene.project.id}`, token: 'x' });
    expect(answer.status).toBe(400);
  });
});
