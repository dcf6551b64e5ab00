/** npm through a virtual registry: what of which member answers, cold, warm, and when an upstream fails or lies. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { fakeUpstream } from '../harness/fake-upstream.ts';
import { type Offered, offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { type NpmWire, npmWire, type WireAnswer } from './npm-wire.ts';
import { hour, virtualScene } from './virtual-scene.ts';

const scene = virtualScene({ format: 'npm' });
/** As a developer of the group. */
let wire: NpmWire;
let name: string;

beforeEach(() => {
  name = `thing-${scene.count}`;
  wire = npmWire(`${scene.registry.url}/`, scene.member.token);
});

const offer = (of: string, versions: readonly Offered[], target = scene.upstream): Promise<Map<string, Buffer>> =>
  offerNpm(target, of, versions);
const versionsIn = ({ json }: WireAnswer): string[] => Object.keys(json?.['versions'] ?? {});
const tarballOf = (of = name, version = '1.0.0'): string => `${of}/-/${of.replace(/^.*\//, '')}-${version}.tgz`;

describe('an upstream that works', () => {
  test('document and tarball come through, and no URL of the upstream does', async () => {
    const [bytes] = (await offer(name, [{}])).values();
    const document = await wire.send('GET', name);
    expect(document.status).toBe(200);
    expect(document.bytes.toString()).not.toContain(scene.upstream.url);
    expect(document.headers.get('x-packyard-trace')).toMatch(/^[0-9a-f]{16}$/);
    expect(document.headers.get('age')).toBe('0');
    expect(document.json).toMatchObject({
      versions: { '1.0.0': { dist: { tarball: `${scene.registry.url}/${tarballOf()}` } } },
    });
    const tarball = await wire.send('GET', tarballOf());
    expect(tarball.status).toBe(200);
    expect(tarball.bytes.equals(bytes ?? Buffer.alloc(0))).toBe(true);
    expect(tarball.headers.get('x-checksum-sha256')).toBe(createHash('sha256').update(tarball.bytes).digest('hex'));
  });

  test('is asked once for each, and again when the document is old, with its validators', async () => {
    await offer(name, [{}]);
    const answer = scene.upstream;
    const body = JSON.stringify({ name, versions: {}, 'dist-tags': {} });
    answer.on(`/${name}`, (request, response) => {
      if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"v1"' }).end(body);
    });
    await wire.send('GET', name);
    await wire.send('GET', name);
    expect(scene.upstream.hits.get(`/${name}`)).toBe(1);
    scene.now += 2 * hour;
    await wire.send('GET', name);
    await wire.send('GET', name);
    expect(scene.upstream.hits.get(`/${name}`)).toBe(2);
    expect(scene.upstream.headers.get(`/${name}`)?.['if-none-match']).toBe('"v1"');
  });

  test('many clients at once make one request each for document and tarball', async () => {
    const [bytes] = (await offer(name, [{}])).values();
    const documents = await Promise.all(Array.from({ length: 30 }, () => wire.send('GET', name)));
    expect(documents.every(({ status }) => status === 200)).toBe(true);
    const tarballs = await Promise.all(Array.from({ length: 30 }, () => wire.send('GET', tarballOf())));
    expect(tarballs.every((each) => each.bytes.equals(bytes ?? Buffer.alloc(0)))).toBe(true);
    expect(scene.upstream.hits.get(`/${name}`)).toBe(1);
    expect(scene.upstream.hits.get(`/${tarballOf()}`)).toBe(1);
  });

  test('the abbreviated form is asked for where a client wants it', async () => {
    await offer(name, [{}]);
    await wire.send('GET', name, undefined, { accept: 'application/vnd.npm.install-v1+json' });
    expect(scene.upstream.headers.get(`/${name}`)?.accept).toContain('application/vnd.npm.install-v1+json');
  });

  test('what it does not have is 404, remembered for minutes only', async () => {
    expect((await wire.send('GET', name)).status).toBe(404);
    expect((await wire.send('GET', name)).status).toBe(404);
    expect(scene.upstream.hits.get(`/${name}`)).toBe(1);
    await offer(name, [{}]);
    scene.now += hour;
    expect((await wire.send('GET', name)).status).toBe(200);
  });

  test('a scoped name is asked for as npm asks', async () => {
    await offer(`@other/${name}`, [{}]);
    expect((await wire.send('GET', `@other/${name}`)).status).toBe(200);
    expect((await wire.send('GET', tarballOf(`@other/${name}`))).status).toBe(200);
  });
});

describe('an upstream that fails', () => {
  test('what is here is served, and says that it is stale', async () => {
    await offer(name, [{}]);
    await wire.send('GET', name);
    await wire.send('GET', tarballOf());
    scene.now += 2 * hour;
    scene.upstream.down();
    const document = await wire.send('GET', name);
    expect(document.status).toBe(200);
    expect(versionsIn(document)).toEqual(['1.0.0']);
    expect(Number(document.headers.get('age'))).toBeGreaterThanOrEqual(7_200);
    expect(document.headers.get('warning')).toContain('111');
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
  });

  test('what is not here is 502, never 404', async () => {
    scene.upstream.down();
    expect((await wire.send('GET', name)).status).toBe(502);
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
  });

  test.each([500, 401, 403, 429])('status %i is a failure too', async (status) => {
    scene.upstream.on(`/${name}`, (_request, response) => void response.writeHead(status).end('{}'));
    expect((await wire.send('GET', name)).status).toBe(502);
  });

  test('one of two members fails: no shorter list', async () => {
    const other = await fakeUpstream();
    await scene.renew([{ url: scene.upstream.url, username: 'u', password: 'p' }, { url: other.url }]);
    wire = npmWire(`${scene.registry.url}/`, scene.member.token);
    await offer(name, [{ version: '1.0.0' }]);
    await offer(name, [{ version: '2.0.0' }], other);
    expect(versionsIn(await wire.send('GET', name))).toEqual(['1.0.0', '2.0.0']);
    other.down();
    await offer(`${name}-b`, [{}]);
    expect((await wire.send('GET', `${name}-b`)).status).toBe(502);
    await other.close();
  });
});

describe('a member that had nothing, and fails now', () => {
  test('does not stand in the way of another, and is no 404 alone', async () => {
    const other = await fakeUpstream();
    await scene.renew([{ url: other.url }, { url: `${scene.upstream.url}/`, username: 'a', password: 'b' }]);
    wire = npmWire(`${scene.registry.url}/`, scene.member.token);
    await offer(name, [{}]);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    expect((await wire.send('GET', `${name}-b`)).status).toBe(404);
    scene.now += 2 * hour;
    other.down();
    const document = await wire.send('GET', name);
    expect(document.status).toBe(200);
    expect(document.headers.get('warning')).toContain('111');
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    expect((await wire.send('GET', `${name}-b`)).status).toBe(502);
    await other.close();
  });
});

describe('an upstream that lies', () => {
  test.each([
    [
      'other bytes than promised',
      { dist: { integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`, shasum: '' } },
    ],
    ['a login page', { bytes: Buffer.from('<html>Sign in</html>'), dist: { integrity: '', shasum: '0'.repeat(40) } }],
    ['nothing', { bytes: Buffer.alloc(0) }],
  ])('%s: 502, and nothing is kept', async (_what, lie) => {
    await offer(name, [lie]);
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
    expect(await scene.entries()).toEqual([]);
  });

  test('a tarball without any digest is not trusted', async () => {
    await offer(name, [{ dist: { integrity: '', shasum: '' } }]);
    expect((await wire.send('GET', tarballOf())).status).toBe(404);
  });

  test('HTML with status 200 is no document', async () => {
    scene.upstream.on(`/${name}`, '<html>Sign in</html>');
    expect((await wire.send('GET', name)).status).toBe(502);
  });

  test('a cut body is a failure, and the next request fetches again', async () => {
    const [bytes] = (await offer(name, [{}])).values();
    const whole = bytes ?? Buffer.alloc(0);
    scene.upstream.on(`/${tarballOf()}`, (request, response) => {
      response.writeHead(200, { 'content-length': String(whole.length) });
      response.write(whole.subarray(0, whole.length / 2));
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
    expect(await scene.entries()).toEqual([]);
    scene.upstream.on(`/${tarballOf()}`, whole);
    expect((await wire.send('GET', tarballOf())).bytes.equals(whole)).toBe(true);
  });

  test('bytes that change later are refused for ever, also after a purge', async () => {
    await offer(name, [{}]);
    expect((await wire.send('GET', tarballOf())).status).toBe(200);
    const other = await npmPackage({ name, files: { 'evil.js': '1' } });
    scene.upstream.on(`/${tarballOf()}`, other.tarball);
    scene.upstream.on(`/${name}`, {
      name,
      versions: {
        '1.0.0': {
          name,
          version: '1.0.0',
          dist: { tarball: `${scene.upstream.url}/${tarballOf()}`, integrity: other.integrity },
        },
      },
    });
    await scene.server.api('DELETE', `/virtual_registries/packages/npm/registries/${scene.registry.id}/cache`);
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
  });

  test.each([
    ['another host', 'http://127.0.0.2:1/x.tgz'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['another scheme', 'file:///etc/passwd'],
    ['a user name', 'http://root@127.0.0.1/x.tgz'],
  ])('a tarball at %s is not fetched', async (_what, tarball) => {
    await offer(name, [{ dist: { tarball } }]);
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
  });

  test('a redirect to a private address is not followed, and credentials stay at home', async () => {
    const other = await fakeUpstream();
    await offer(name, [{}]);
    scene.upstream.on(
      `/${tarballOf()}`,
      (_request, response) => void response.writeHead(302, { location: `${other.url}/x.tgz` }).end(),
    );
    expect((await wire.send('GET', tarballOf())).status).toBe(502);
    expect(other.hits.size).toBe(0);
    await other.close();
  });

  test('its headers end here', async () => {
    await offer(name, [{}]);
    const { tarball } = await npmPackage({ name });
    scene.upstream.on(`/${tarballOf()}`, (_request, response) => {
      const evil = {
        'set-cookie': 'a=b',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'max-age=1',
        refresh: '1',
      };
      response.writeHead(200, evil).end(tarball);
    });
    const { headers } = await wire.send('GET', tarballOf());
    for (const header of ['set-cookie', 'access-control-allow-origin', 'strict-transport-security', 'refresh']) {
      expect(headers.get(header), header).toBeNull();
    }
  });
});
