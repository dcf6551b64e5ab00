import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { npmPackage, publishDocument } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { askFor, RawConnection, type RawAnswer, type RawRequest } from './raw-http.ts';

/** Who asks, under which name they reached us, and what may be believed of it. */

let server: TestServer;
let project: TestProject;
let reader: TestUser;
let npm: string;
let file: string;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  project = await server.createProject('acme/identity');
  reader = await server.createUser('reader');
  await server.addMember(project, reader, 'reporter');
  npm = `/api/v4/projects/${project.id}/packages/npm`;
  file = `/api/v4/projects/${project.id}/packages/generic/p/1.0/f`;
  const token = { 'private-token': server.rootToken };
  await askFor(server.url, { method: 'PUT', target: file, headers: token, body: 'bytes' });
  const made = await npmPackage({ name: 'pkg', manifest: { description: 'long '.repeat(500) } });
  const body = JSON.stringify(publishDocument(made));
  const headers = { ...token, 'content-type': 'application/json' };
  expect((await askFor(server.url, { method: 'PUT', target: `${npm}/pkg`, headers, body })).status).toBe(201);
});

afterAll(() => server.stop());

const ask = (request: RawRequest): Promise<RawAnswer> => askFor(server.url, request);
const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

describe('one credential, in any carrier, and no other', () => {
  const status = async (headers: Record<string, string>, target = file): Promise<number> =>
    (await ask({ target, headers })).status;

  test('each carrier alone', async () => {
    const { token, username, password } = reader;
    const carriers: Record<string, string>[] = [
      { 'private-token': token },
      { 'PRIVATE-TOKEN': token },
      { 'job-token': token },
      { 'x-nuget-apikey': token },
      { authorization: `Bearer ${token}` },
      { authorization: `bearer ${token}` },
      { authorization: basic(username, token) },
      { authorization: basic('', token) },
      { authorization: basic(username, password) },
    ];
    for (const carrier of carriers) expect(await status(carrier), JSON.stringify(carrier)).toBe(200);
  });

  test('the same twice is one', async () => {
    const { token } = reader;
    expect(await status({ 'private-token': token, authorization: `Bearer ${token}` })).toBe(200);
    expect(await status({ 'private-token': token, authorization: basic('x', token), 'job-token': token })).toBe(200);
  });

  test('two that disagree are none, whichever is right', async () => {
    const { token } = reader;
    const pairs: Record<string, string>[] = [
      { 'private-token': token, authorization: 'Bearer wrong' },
      { 'private-token': 'wrong', authorization: `Bearer ${token}` },
      { 'private-token': token, 'job-token': server.rootToken },
      { 'private-token': token, authorization: basic('root', server.rootPassword) },
      { 'private-token': token, 'deploy-token': 'wrong' },
    ];
    for (const pair of pairs) {
      expect(await status(pair), JSON.stringify(pair)).toBe(401);
      expect(await status(pair, '/api/v4/user'), JSON.stringify(pair)).toBe(401);
      expect(await status(pair, `${npm}/-/whoami`), JSON.stringify(pair)).toBe(401);
    }
  });

  test.each(['Authorization: Bearer', 'Private-Token:'])('two lines of %s', async (name) => {
    for (const target of [file, '/api/v4/user']) {
      for (const [one, two] of [
        [reader.token, 'wrong'],
        ['wrong', reader.token],
        [reader.token, server.rootToken],
      ]) {
        const connection = await RawConnection.open(server.url);
        await connection.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n${name} ${one}\r\n${name} ${two}\r\n\r\n`);
        expect((await connection.answer()).status).toBe(401);
        connection.abort();
      }
    }
  });

  test.each(['private_token', 'access_token', 'job_token', 'token', '_auth', 'private-token'])(
    '?%s= is not read',
    async (parameter) => {
      for (const target of [file, `${npm}/pkg`]) {
        expect(await status({}, `${target}?${parameter}=${reader.token}`)).toBe(401);
      }
      expect(await status({}, `/api/v4/projects/${project.id}?${parameter}=${reader.token}`)).not.toBe(200);
    },
  );

  test('cookies are not read, and none is set', async () => {
    for (const target of [file, `${npm}/pkg`, '/api/v4/user']) {
      const cookie = `_session=${reader.token}; private_token=${reader.token}; token=${server.rootToken}`;
      const { status: told, head } = await ask({ target, headers: { cookie } });
      expect(told).toBe(401);
      expect(head).not.toMatch(/^set-cookie:/im);
    }
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Basic',
    'Basic !',
    'Basic Zm9v',
    'Digest username="root"',
    'Negotiate',
    ',',
    'token',
  ])('Authorization: %s', async (authorization) => {
    expect([401]).toContain(await status({ authorization }));
    expect(await status({ authorization }, '/api/v4/user')).toBe(401);
  });

  test('the challenge is always the same, whatever was asked', async () => {
    const realm = 'Basic realm="GitLab Packages Registry"';
    for (const target of [file, file.replace('/p/', '/%22%3e%3cscript%3e/').replace('1.0', '%0d')]) {
      const { headers, status: told } = await ask({ target });
      if (told === 401) expect(headers.get('www-authenticate')).toBe(realm);
      expect(headers.get('content-type')).toBe('application/json');
    }
  });
});

describe('the name in our URLs', () => {
  const tarball = async (headers: Record<string, string>): Promise<[number, string]> => {
    const { status, body } = await ask({
      target: `${npm}/pkg`,
      headers: { 'private-token': reader.token, ...headers },
    });
    const text = body.toString();
    return [status, /"tarball":"([^"]+)\/api\/v4\//.exec(text)?.[1] ?? text];
  };

  test('is the one that was asked for', async () => {
    expect(await tarball({ host: 'registry.example:8443' })).toEqual([200, 'http://registry.example:8443']);
    expect(await tarball({ host: '[::1]:8080' })).toEqual([200, 'http://[::1]:8080']);
  });

  test.each([
    'evil.example/path',
    'a b',
    'user@evil',
    '"><script>',
    'evil\\@a',
    '',
    'a:b',
    'a:123456',
    '[::1',
    'a?b',
    'a#b',
    '-',
  ])('is not %j', async (host) => {
    const [status, text] = await tarball({ host });
    expect(status).toBe(400);
    expect(text).not.toContain('evil');
    expect(text).not.toContain('script');
  });

  test('is not what a stranger says that a proxy said', async () => {
    const lies: Record<string, string> = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-prefix': '/evil',
      forwarded: 'host=evil.example;proto=https',
      'x-original-url': '/evil',
      'x-rewrite-url': '/evil',
      'x-http-method-override': 'DELETE',
    };
    expect(await tarball({ host: 'right.example', ...lies })).toEqual([200, 'http://right.example']);
    // What is answered from memory is no other.
    const bearer = { authorization: `Bearer ${reader.token}` };
    const asked = { target: `${npm}/pkg`, headers: { host: 'right.example', ...bearer } };
    for (let n = 0; n < 3; n++) {
      const { body } = await ask({ ...asked, headers: { ...asked.headers, ...(n === 1 ? lies : {}) } });
      expect(body.toString()).not.toContain('evil');
    }
  });

  test('is what a trusted proxy says, if that is a name', async () => {
    const behind = await startServer({ settings: { PACKYARD_TRUSTED_PROXIES: '127.0.0.0/8' } });
    try {
      const origin = async (headers: Record<string, string>) => {
        const { status, body } = await askFor(behind.url, {
          target: '/api/v4/projects/1/packages',
          headers: { 'private-token': behind.rootToken, ...headers },
        });
        return [status, body.toString()];
      };
      await askFor(behind.url, {
        method: 'PUT',
        target: '/api/v4/projects/1/packages/generic/p/1/f',
        headers: { 'private-token': behind.rootToken },
        body: 'x',
      });
      const [status, text] = await origin({ 'x-forwarded-host': 'public.example', 'x-forwarded-proto': 'https' });
      expect([status, text]).toEqual([200, expect.stringContaining('https://public.example/api/v4/projects/1')]);
      expect((await origin({ 'x-forwarded-proto': 'javascript' }))[0]).toBe(400);
      expect((await origin({ 'x-forwarded-host': 'evil/path' }))[0]).toBe(400);
    } finally {
      await behind.stop();
    }
  });

  test('is the configured one, whatever is said', async () => {
    const settings = {
      PACKYARD_EXTERNAL_URL: 'https://packages.example/prefix',
      PACKYARD_TRUSTED_PROXIES: '127.0.0.0/8',
    };
    const named = await startServer({ settings });
    await named.stop();
    expect(named.url).toBe('https://packages.example/prefix');
  });
});

describe('scripts of other sites', () => {
  test.each(['https://evil.example', 'null', 'http://packyard.test'])('from %s get no permission', async (origin) => {
    const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };
    for (const target of [file, `${npm}/pkg`, '/api/v4/projects', '/', '/-/health', '/api/v4/openapi.json']) {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { origin, ...(method === 'OPTIONS' ? preflight : {}) };
        const { head, status } = await ask({ method, target, headers });
        expect(head, target).not.toMatch(/^access-control-/im);
        expect(status).toBeLessThan(500);
      }
    }
  });
});

describe('encodings that a client takes', () => {
  const asked = (encoding: string | null): Promise<RawAnswer> =>
    ask({
      target: `${npm}/pkg`,
      headers: {
        authorization: `Bearer ${reader.token}`,
        ...(encoding === null ? {} : { 'accept-encoding': encoding }),
      },
    });

  test.each([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['br, gzip;q=0.5', true],
    ['x-gzip', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['gzip;q=0, identity', false],
    ['identity', false],
    ['br', false],
    ['*', false],
    ['*;q=0', false],
    ['', false],
    [null, false],
    ['nonsense;;;=,,', false],
  ])('%j: compressed is %s', async (encoding, compressed) => {
    const plain = (await asked(null)).body;
    // The second answer comes from memory.
    for (let n = 0; n < 2; n++) {
      const { status, headers, body } = await asked(encoding);
      expect(status).toBe(200);
      expect(headers.get('content-encoding') ?? null).toBe(compressed ? 'gzip' : null);
      expect(headers.get('vary')).toMatch(/accept-encoding/i);
      expect((compressed ? gunzipSync(body) : body).equals(plain)).toBe(true);
    }
  });

  test('files are sent as they are', async () => {
    const headers = { 'private-token': reader.token, 'accept-encoding': 'gzip, br' };
    const { headers: told, body } = await ask({ target: file, headers });
    expect([told.has('content-encoding'), body.toString()]).toEqual([false, 'bytes']);
  });

  test('an Accept of 10,000 characters', async () => {
    const accept = 'application/json;q=0.1, '.repeat(400);
    const { status } = await ask({ target: `${npm}/pkg`, headers: { 'private-token': reader.token, accept } });
    expect(status).toBe(200);
  });
});

test('what is asked for is not written back as it came', async () => {
  const text = '%3Cscript%3Ealert(1)%3C%2fscript%3E';
  const targets = [
    `/${text}`,
    `/api/v4/${text}`,
    `/api/v4/projects/${text}`,
    `/api/v4/projects?order_by=${text}`,
    `/-/login/${text}`,
    `${npm}/${text}`,
    `${npm}/-/v1/search?text=${text}&size=${text}`,
    `/api/v4/projects/${project.id}/packages/generic/${text}/1/f`,
    `/api/v4/projects/${project.id}/packages/generic/p/1/f?status=${text}`,
  ];
  for (const target of targets) {
    for (const method of ['GET', 'PUT']) {
      const { headers, body } = await ask({ method, target, headers: { 'private-token': reader.token } });
      const type = headers.get('content-type') ?? '';
      expect(headers.get('x-content-type-options'), target).toBe('nosniff');
      if (!type.startsWith('application/json')) expect(body.toString(), target).not.toContain('<script>alert');
    }
  }
});
