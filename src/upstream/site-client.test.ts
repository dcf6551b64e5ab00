import type { LookupAddress } from 'node:dns';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../../test/harness/fake-upstream.ts';
import { AddressGuard, type Resolve } from './address-guard.ts';
import { checkedBaseUrl } from './base-url.ts';
import { SiteRequests } from './request.ts';
import type { Site } from './site.ts';
import { SiteClient } from './site-client.ts';

let upstream: FakeUpstream;
let requests: SiteRequests;
let client: SiteClient;
let site: Site;

beforeEach(async () => {
  upstream = await fakeUpstream();
  requests = new SiteRequests(new AddressGuard(['127.0.0.1/32']), 'test');
  client = new SiteClient({ requests, now: Date.now });
  site = {
    id: 1,
    name: 'up',
    baseUrl: `${upstream.url}/base`,
    credentials: { username: 'ann', password: 'secret' },
    trustedOrigins: [],
  };
});
afterEach(async () => {
  await requests.close();
  await upstream.close();
});

const get = (path: string, of = site) => client.get(of, { path, headers: {}, signal: AbortSignal.timeout(20_000) });
const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

test('a path lies below the base, and credentials go there', async () => {
  upstream.on('/base/a/b', 'hello');
  const outcome = await get('a/b');
  if (outcome.outcome !== 'found') throw new Error(outcome.outcome);
  expect(await text(outcome.value.body)).toBe('hello');
  expect(upstream.headers.get('/base/a/b')?.authorization).toBe(basic);
});

test('of a base that is a document, paths lie beside it', async () => {
  const document = { ...site, baseUrl: `${upstream.url}/base/index.json` };
  for (const path of ['', 'index.json', 'a/b']) await get(path, document);
  expect([...upstream.hits]).toEqual([
    ['/base/index.json', 2],
    ['/base/a/b', 1],
  ]);
});

describe('what comes of it', () => {
  test.each([
    [404, 'absent', 1],
    [410, 'absent', 1],
    [401, 'failed', 1],
    [403, 'failed', 1],
    [418, 'failed', 1],
    [500, 'failed', 3],
    [503, 'failed', 3],
  ])('status %i: %s after %i requests', async (status, outcome, hits) => {
    upstream.on('/base/x', (_request, response) => void response.writeHead(status).end());
    expect((await get('x')).outcome).toBe(outcome);
    expect(upstream.hits.get('/base/x')).toBe(hits);
  });

  test('a passing failure passes', async () => {
    let asked = 0;
    upstream.on('/base/x', (_request, response) => void response.writeHead((asked += 1) === 1 ? 502 : 200).end('x'));
    expect((await get('x')).outcome).toBe('found');
  });

  test('429 with Retry-After: not asked until then', async () => {
    upstream.on('/base/x', (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end());
    expect(await get('x')).toMatchObject({ outcome: 'failed', retryAfter: 60 });
    expect(await get('x')).toMatchObject({ outcome: 'failed', retryAfter: 60 });
    expect(upstream.hits.get('/base/x')).toBe(1);
  });

  test('one that has only more to come is given up', async () => {
    upstream.on('/base/x', ({ socket }) => {
      const timer = setInterval(() => void socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
    });
    expect(await get('x')).toMatchObject({ outcome: 'failed', timedOut: true });
    upstream.on('/base/y', (request, response) => {
      request.socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
      response.end('y');
    });
    expect((await get('y')).outcome).toBe('found');
  });

  test('one that is down is not asked for long', async () => {
    upstream.down();
    for (let i = 0; i < 4; i += 1) expect((await get('x')).outcome).toBe('failed');
    expect(upstream.hits.get('/base/x')).toBe(5);
  });

  test('one that refuses some packages is asked for the others', async () => {
    upstream.on('/base/blocked', (_request, response) => void response.writeHead(403).end());
    upstream.on('/base/y', 'y');
    for (let i = 0; i < 6; i += 1) expect((await get('blocked')).outcome).toBe('failed');
    expect((await get('y')).outcome).toBe('found');
  });

  test('one that is tested before it is saved is asked, whatever came of others', async () => {
    const draft = { ...site, id: -1 };
    upstream.on('/base/x', (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end());
    expect((await get('x', draft)).outcome).toBe('failed');
    upstream.on('/base/y', 'y');
    expect((await get('y', draft)).outcome).toBe('found');
  });
});

describe('where it may lead', () => {
  test.each([
    'http://127.0.0.1:9/x',
    'https://example.com/x',
    '//example.com/x',
    'file:///etc/passwd',
    'http://ann@127.0.0.1/x',
    'a b',
    'a\r\nb',
    '\\\\example.com\\x',
  ])('%j is not allowed', async (path) => {
    expect((await get(path)).outcome).toBe('not-allowed');
    expect(upstream.hits.size).toBe(0);
  });

  test('its own origin, by a whole URL or another path', async () => {
    upstream.on('/files/x', 'x');
    expect((await get(`${upstream.url}/files/x`)).outcome).toBe('found');
    expect((await get('/files/x')).outcome).toBe('found');
  });

  test('another origin that it trusts, without credentials', async () => {
    const other = await fakeUpstream();
    other.on('/x', 'x');
    const outcome = await get(`${other.url}/x`, { ...site, trustedOrigins: [new URL(other.url).origin] });
    expect(outcome.outcome).toBe('found');
    expect(other.headers.get('/x')?.authorization).toBeUndefined();
    await other.close();
  });

  test('credentials do not come back by way of somebody else', async () => {
    const other = await fakeUpstream();
    const there = (_request: unknown, response: ServerResponse): void =>
      void response.writeHead(302, { location: `${upstream.url}/base/there` }).end();
    other.on('/x', there);
    upstream.on('/base/x', (_request, response) => {
      response.writeHead(302, { location: `${other.url}/x` }).end();
    });
    upstream.on('/base/y', there);
    upstream.on('/base/there', 'there');
    const trusting = { ...site, trustedOrigins: [new URL(other.url).origin] };
    expect((await get('x', trusting)).outcome).toBe('found');
    expect(upstream.headers.get('/base/x')?.authorization).toBe(basic);
    expect(upstream.headers.get('/base/there')?.authorization).toBeUndefined();
    expect((await get('y', trusting)).outcome).toBe('found');
    expect(upstream.headers.get('/base/there')?.authorization).toBe(basic);
    await other.close();
  });

  test.each([
    ['to an allowed private address of somebody else', (url: string) => `${url}/x`, false],
    ['to the metadata service', () => 'http://169.254.169.254/', false],
    ['to another scheme', () => 'file:///etc/passwd', false],
    ['to itself', () => '/base/there', true],
  ])('a redirect %s', async (_what, location, follows) => {
    const other = await fakeUpstream();
    other.on('/x', 'x');
    upstream.on('/base/there', 'x');
    upstream.on(
      '/base/x',
      (_request, response) => void response.writeHead(302, { location: location(other.url) }).end(),
    );
    expect((await get('x')).outcome).toBe(follows ? 'found' : 'not-allowed');
    expect(other.hits.size).toBe(0);
    await other.close();
  });

  test('a redirect without end', async () => {
    upstream.on('/base/x', (_request, response) => void response.writeHead(302, { location: '/base/x' }).end());
    expect((await get('x')).outcome).toBe('not-allowed');
    expect(upstream.hits.get('/base/x')).toBe(6);
  });
});

describe('a name that is public when it is saved, and private when it is connected to', () => {
  let answers: string[];
  let guard: AddressGuard;
  let rebound: SiteRequests;
  beforeEach(() => {
    answers = ['93.184.216.34'];
    const resolve = ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
      callback(null, [{ address: answers.shift() ?? '127.0.0.1', family: 4 }]);
    }) as unknown as Resolve;
    guard = new AddressGuard([], resolve);
    rebound = new SiteRequests(guard, 'test');
  });
  afterEach(() => rebound.close());

  test('is not connected to', async () => {
    const baseUrl = `http://rebind.example:${new URL(upstream.url).port}`;
    expect(await checkedBaseUrl(baseUrl, guard)).toBe(baseUrl);
    const outcome = await new SiteClient({ requests: rebound, now: Date.now }).get(
      { ...site, baseUrl },
      { path: 'x', headers: {}, signal: AbortSignal.timeout(20_000) },
    );
    expect(outcome.outcome).toBe('not-allowed');
    expect(upstream.hits.size).toBe(0);
  });

  test('nor by a redirect of an upstream on an allowed private address', async () => {
    const { port } = new URL(upstream.url);
    const resolve = ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    }) as unknown as Resolve;
    const allowing = new SiteRequests(new AddressGuard(['127.0.0.1/32'], resolve), 'test');
    upstream.on('/base/x', (_request, response) => {
      response.writeHead(302, { location: `http://rebind.example:${port}/there` }).end();
    });
    upstream.on('/there', 'secret');
    const outcome = await new SiteClient({ requests: allowing, now: Date.now }).get(site, {
      path: 'x',
      headers: {},
      signal: AbortSignal.timeout(20_000),
    });
    expect(outcome.outcome).toBe('not-allowed');
    expect(upstream.hits.get('/there')).toBeUndefined();
    await allowing.close();
  });
});

test('only headers that are ours to read', async () => {
  const headers = { 'set-cookie': ['a=b'], etag: '"x"', 'x-terraform-get': './m.tgz', link: `<${'a'.repeat(5_000)}>` };
  upstream.on('/base/x', (_request, response) => void response.writeHead(200, headers).end());
  const outcome = await get('x');
  if (outcome.outcome !== 'found') throw new Error(outcome.outcome);
  expect(outcome.value.headers).toMatchObject({ etag: '"x"', 'x-terraform-get': './m.tgz' });
  expect(Object.keys(outcome.value.headers)).not.toContain('set-cookie');
  expect(Object.keys(outcome.value.headers)).not.toContain('link');
});

async function text(body: AsyncIterable<unknown>): Promise<string> {
  let all = '';
  for await (const chunk of body) all += String(chunk);
  return all;
}
