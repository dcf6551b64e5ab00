/** Documents that are well-formed and lie: of another package, with names made to hurt, with files of others, changed later. */
import { describe, expect, test } from 'vitest';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { offeredFormats } from './virtual-offers.ts';
import { virtualScene } from './virtual-scene.ts';

describe.each(offeredFormats.filter(({ promises }) => promises))('$format', ({ format, at = '', offer }) => {
  const scene = virtualScene({ format, at });
  const purge = (): Promise<unknown> =>
    scene.server.api('DELETE', `/virtual_registries/packages/${format}/upstreams/${scene.upstreamId}/cache`);

  test('bytes that were seen first are the only ones ever, whatever its documents say later', async () => {
    const [mine, other] = [`thing${scene.count}`, `other${scene.count}`];
    const first = await offer(scene, mine);
    expect((await first.download()).bytes?.equals(first.bytes)).toBe(true);
    await purge();
    // The same document, with the digest of another file, and that file in its place.
    const foreign = await offer(scene, other);
    const { at: from = '' } = foreign.document ?? {};
    const { at: to = '' } = first.document ?? {};
    const text = await fetch(`${scene.upstream.url}${from}`).then((response) => response.text());
    const spelled = text.replaceAll(other, mine);
    scene.upstream.on(to, (_request, response) => {
      const type = format === 'pypi' ? 'application/vnd.pypi.simple.v1+json' : 'application/json';
      response.writeHead(200, { 'content-type': type }).end(spelled);
    });
    scene.upstream.on(first.at, foreign.bytes);
    scene.upstream.on(`${first.at}.sha1`, '');
    const answered = await first.download();
    // Of PyPI the digest is asked for, which the page doesn't have any more.
    expect([502, 404]).toContain(answered.status);
    expect(await scene.entries()).toEqual([]);
    const again = await offer(scene, mine);
    await purge();
    expect((await again.download()).bytes?.equals(first.bytes)).toBe(true);
  });

  test('a document of another package is not taken for the one that was asked for', async () => {
    const [mine, other] = [`thing${scene.count}`, `other${scene.count}`];
    const asked = await offer(scene, mine);
    const given = await offer(scene, other);
    const { at: from = '' } = given.document ?? {};
    const { path = '', at: to = '' } = asked.document ?? {};
    const answer = await fetch(`${scene.upstream.url}${from}`);
    const text = await answer.text();
    scene.upstream.on(to, (_request, response) => {
      response.writeHead(200, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
    });
    const answered = await scene.get(path);
    // Terraform's list of versions doesn't say of what it is.
    if (format === 'terraform') return;
    expect(answered.text).not.toContain(other);
    expect([404, 502]).toContain(answered.status);
  });
});

describe('npm', () => {
  const scene = virtualScene({ format: 'npm' });
  const name = (): string => `thing${scene.count}`;

  test('__proto__ and the like are no versions, tags or names', async () => {
    await offerNpm(scene.upstream, name(), [{}]);
    const { manifest, integrity } = await npmPackage({ name: name() });
    const dist = { tarball: `${scene.upstream.url}/x.tgz`, integrity };
    const one = JSON.stringify({ ...manifest, dist });
    scene.upstream.on(
      `/${name()}`,
      `{"name":"${name()}","__proto__":{"polluted":1},"dist-tags":{"__proto__":"1.0.0","constructor":"1.0.0","latest":"1.0.0"},
        "versions":{"1.0.0":${one},"constructor":${one},"toString":${one}},"time":{"__proto__":"2020-01-01T00:00:00Z"}}`,
    );
    const document = await scene.get(name());
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    if (document.status === 502) return;
    const { versions } = JSON.parse(document.text) as { versions: Record<string, unknown> };
    expect(Object.keys(versions)).toContain('1.0.0');
    expect(Object.keys(versions)).not.toContain('__proto__');
    for (const path of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect((await scene.get(`${name()}/${path}`)).status, path).toBeLessThan(500);
      expect((await scene.get(`${name()}/-/${name()}-${path}.tgz`)).status, path).toBe(404);
      expect([404, 400]).toContain((await scene.get(path)).status);
    }
  });

  test('one version in several spellings is one', async () => {
    await offerNpm(scene.upstream, name(), [{ version: '1.0.0' }, { version: 'v1.0.0' }, { version: '1.0.0+build' }]);
    const { status, text } = await scene.get(name());
    expect([200, 502]).toContain(status);
    if (status === 200) expect(Object.keys((JSON.parse(text) as { versions: object }).versions)).toContain('1.0.0');
  });

  test('a tarball of another package is that only if its digest is the right one', async () => {
    await offerNpm(scene.upstream, 'victim', [{}]);
    await offerNpm(scene.upstream, name(), [{ dist: { tarball: `${scene.upstream.url}/victim/-/victim-1.0.0.tgz` } }]);
    expect((await scene.get(`${name()}/-/${name()}-1.0.0.tgz`)).status).toBe(502);
    expect(await scene.entries()).toEqual([]);
  });
});

describe('pypi', () => {
  const scene = virtualScene({ format: 'pypi', at: '/simple' });
  const files = (names: readonly string[]): void => {
    const page = names.map((filename) => ({
      filename,
      url: `../../f/${filename}`,
      hashes: { sha256: 'a'.repeat(64) },
    }));
    scene.upstream.on(`/simple/thing${scene.count}/`, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' });
      response.end(JSON.stringify({ meta: { 'api-version': '1.0' }, name: `thing${scene.count}`, files: page }));
    });
  };

  test('file names that lead elsewhere lead nowhere', async () => {
    const thing = `thing${scene.count}`;
    const bad = [
      '../../x-1.0.tar.gz',
      '..%2f..%2fx-1.0.tar.gz',
      `${thing}-1.0/../../x.tar.gz`,
      '/etc/passwd',
      '"><script>',
      `${thing}-1.0.tar.gz\n`,
    ];
    files([`${thing}-1.0.tar.gz`, ...bad]);
    for (const accept of ['application/vnd.pypi.simple.v1+json', 'text/html']) {
      const { status, text } = await scene.get(`simple/${thing}/`, { accept });
      expect([200, 502]).toContain(status);
      for (const link of text.matchAll(/(?:"url":|href=)"([^"]*)"/g)) {
        const url = new URL((link[1] ?? '').replaceAll('&amp;', '&'), `${scene.registry.url}/simple/${thing}/`);
        expect(url.href.startsWith(`${scene.registry.url}/files/`), url.href).toBe(true);
        expect(decodeURIComponent(url.pathname)).not.toContain('/../');
      }
      expect(text).not.toContain('<script>');
    }
    for (const name of bad) {
      const { status } = await scene.get(`files/${'a'.repeat(64)}/${encodeURIComponent(name)}`);
      expect([400, 404, 502], name).toContain(status);
    }
    expect([...scene.upstream.hits.keys()].filter((path) => path.includes('passwd') || path.includes('..'))).toEqual(
      [],
    );
  });

  test('one release in several spellings is served', async () => {
    const thing = `thing${scene.count}`;
    files([`${thing}-1.0.tar.gz`, `${thing}-1.0.0.tar.gz`, `${thing}-1.tar.gz`, `${thing}-v1.0.tar.gz`]);
    expect((await scene.get(`simple/${thing}/`, { accept: 'text/html' })).status).toBe(200);
  });
});

test.each(['headers', 'document'])(
  'an upstream of which the %s trickle in is given up',
  { timeout: 60_000 },
  async (part) => {
    const { fakeUpstream } = await import('../harness/fake-upstream.ts');
    const { AddressGuard } = await import('../../src/upstream/address-guard.ts');
    const { SiteRequests } = await import('../../src/upstream/request.ts');
    const { textOf } = await import('../../src/upstream/answer-text.ts');
    const upstream = await fakeUpstream();
    upstream.on('/x', (request) => {
      const { socket } = request;
      const start = part === 'headers' ? 'HTTP/1.1 200 OK\r\nX: ' : 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n';
      socket.write(start);
      const timer = setInterval(() => void socket.write('x'), 200);
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
    });
    const requests = new SiteRequests(new AddressGuard(['127.0.0.1/32']), 'test');
    const site = { id: 1, name: 'up', baseUrl: upstream.url, credentials: null, trustedOrigins: [] };
    const begun = performance.now();
    const asked = async (): Promise<Buffer> => {
      const answer = await requests.get({
        site,
        url: new URL(`${upstream.url}/x`),
        headers: {},
        signal: AbortSignal.timeout(50_000),
      });
      return textOf(answer, 1_000_000, 2_000);
    };
    await expect(asked()).rejects.toThrow(part === 'headers' ? 'Headers Timeout' : 'too slowly');
    expect(performance.now() - begun).toBeLessThan(40_000);
    await requests.close();
    await upstream.close();
  },
);
