import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { npmPackage, publishDocument } from '../harness/packages.ts';
import { engine } from '../harness/engine.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer, TestUser } from '../harness/types.ts';
import { RawConnection, requestBytes } from './raw-http.ts';

/**
 * Answers that are kept in memory are given to whom they were given, and only while they are still right. Each test asks
 * twice on one connection first, so that the next answer comes from memory if anything does.
 */

let server: TestServer;
let project: TestProject;
let reader: TestUser;
let now = Date.UTC(2031, 0, 1);
let serial = 0;
/** A package of its own for each test: published, in memory, and its two kinds of URL. */
let name: string;
let urls: Record<'file' | 'document' | 'tarball', string>;

beforeAll(async () => {
  server = await startServer({ now: () => now });
  await server.createGroup('acme', 'public');
});

afterAll(() => server.stop());

beforeEach(async () => {
  name = `hot-${++serial}`;
  project = await server.createProject(`acme/${name}`);
  reader = await server.createUser(`reader-${serial}`);
  await server.addMember(project, reader, 'reporter');
  const packages = `/api/v4/projects/${project.id}/packages`;
  urls = {
    file: `${packages}/generic/${name}/1.0/f`,
    document: `${packages}/npm/${name}`,
    tarball: `${packages}/npm/${name}/-/${name}-1.0.0.tgz`,
  };
  await putFile('one');
  await publish('1.0.0');
});

async function call(method: string, target: string, body: string, type = 'application/octet-stream'): Promise<number> {
  const headers = { 'private-token': server.rootToken, 'content-type': type };
  return (await fetch(`${server.url}${target}`, { method, headers, body })).status;
}

async function putFile(content: string): Promise<void> {
  expect(await call('PUT', urls.file, content)).toBe(201);
}

async function publish(version: string): Promise<void> {
  const document = publishDocument(await npmPackage({ name, version }));
  expect(await call('PUT', urls.document, JSON.stringify(document), 'application/json')).toBe(201);
}

interface Told {
  readonly status: number;
  readonly body: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** Asks on a connection of its own, as a client that keeps one does. */
async function asker(headers: Record<string, string> = bearer(reader.token)) {
  const connection = await RawConnection.open(server.url);
  const ask = async (target: string, more: Record<string, string> = {}, method = 'GET'): Promise<Told> => {
    await connection.send(requestBytes({ method, target, headers: { ...headers, ...more } }));
    const { status, body, headers: told } = await connection.answer(method);
    return { status, body: body.toString('latin1'), headers: told };
  };
  return { ask, end: () => connection.abort() };
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const targets = (): string[] => Object.values(urls);

/** Everything is asked for until it comes from memory; then something happens; then everything is asked for again. */
async function after(happens: () => Promise<unknown>, headers?: Record<string, string>): Promise<number[]> {
  const { ask, end } = await asker(headers);
  for (let n = 0; n < 3; n++) {
    for (const target of targets()) expect((await ask(target)).status, target).toBe(200);
  }
  await happens();
  const statuses: number[] = [];
  for (const target of targets()) statuses.push((await ask(target)).status);
  end();
  return statuses;
}

test('an answer does come from memory', async () => {
  const { ask, end } = await asker();
  const counted = async (): Promise<number> =>
    (await (await fetch(`${server.url}/-/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('packyard_cache_requests_total{cache="files"'))
      .reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  await ask(urls.file);
  const before = await counted();
  // A PostgreSQL server tells of commits to its other databases too, such as those of tests beside this one.
  const [tries, mayMiss] = engine === 'postgres' ? [30, 29] : [5, 0];
  for (let n = 0; n < tries; n++) expect((await ask(urls.file)).body).toBe('one');
  expect((await counted()) - before).toBeLessThanOrEqual(mayMiss);
  end();
});

describe('at the next request', () => {
  test('a revoked token is refused', async () => {
    const order = { kind: 'personal', user: reader, scopes: ['read_api'] } as const;
    const token = await server.createToken(order);
    expect(await after(() => token.revoke(), bearer(token.token))).toEqual([401, 401, 401]);
  });

  test('a removed member sees nothing', async () => {
    const leave = () => server.api('DELETE', `/projects/${project.id}/members/${reader.id}`);
    expect(await after(leave)).toEqual([404, 404, 404]);
  });

  test('a blocked user is refused', async () => {
    expect(await after(() => server.api('POST', `/users/${reader.id}/block`))).toEqual([401, 401, 401]);
  });

  test('a project that is no longer public is closed', async () => {
    const visibility = (value: string) => server.api('PUT', `/projects/${project.id}`, { visibility: value });
    await visibility('public');
    expect(await after(() => visibility('private'), {})).toEqual([401, 401, 404]);
  });

  test('a registry that is switched off is closed', async () => {
    const off = () => server.api('PUT', `/projects/${project.id}`, { package_registry_access_level: 'disabled' });
    for (const status of await after(off)) expect([403, 404]).toContain(status);
  });

  test('a deleted package is gone', async () => {
    const remove = async (): Promise<void> => {
      const all = await server.api<{ id: number }[]>('GET', `/projects/${project.id}/packages`);
      for (const { id } of all) await server.api('DELETE', `/projects/${project.id}/packages/${id}`);
    };
    expect(await after(remove)).toEqual([404, 404, 404]);
  });

  test('a deleted project is gone', async () => {
    expect(await after(() => server.api('DELETE', `/projects/${project.id}`))).toEqual([404, 404, 404]);
  });

  test('what was published is there', async () => {
    const { ask, end } = await asker();
    for (let n = 2; n < 12; n++) {
      await ask(urls.document);
      await publish(`1.0.${n}`);
      expect((await ask(urls.document)).body).toContain(`"1.0.${n}"`);
      await ask(urls.file);
      await putFile(`number ${n}`);
      expect((await ask(urls.file)).body).toBe(`number ${n}`);
    }
    end();
  });

  test('a token is refused at the second in which it expires', async () => {
    const order = { kind: 'personal', user: reader, scopes: ['api'], expiresAt: '2031-03-01' } as const;
    const token = await server.createToken(order);
    now = Date.UTC(2031, 2, 1) - 1;
    const { ask, end } = await asker(bearer(token.token));
    for (let n = 0; n < 3; n++) expect((await ask(urls.file)).status).toBe(200);
    now += 1;
    for (const target of targets()) expect((await ask(target)).status).toBe(401);
    end();
  });
});

describe('an answer is for whom it was given to', () => {
  test('not for another caller', async () => {
    const stranger = await server.createUser(`stranger-${serial}`);
    const carriers: [Record<string, string>, number[]][] = [
      [bearer(stranger.token), [404, 404, 404]],
      [{}, [401, 401, 404]],
      [bearer('wrong'), [401, 401, 401]],
      [bearer(`${reader.token} `), [200, 200, 200]],
      [bearer(reader.token.toUpperCase()), [401, 401, 401]],
      [{ 'private-token': stranger.token }, [404, 404, 404]],
      [{ ...bearer(reader.token), 'private-token': stranger.token }, [401, 401, 401]],
      [{ ...bearer(reader.token), 'job-token': 'wrong' }, [401, 401, 401]],
      [{ ...bearer(reader.token), 'deploy-token': 'wrong' }, [401, 401, 401]],
      [{ ...bearer(reader.token), 'x-nuget-apikey': 'wrong' }, [401, 401, 401]],
      [{ cookie: `authorization=Bearer ${reader.token}` }, [401, 401, 404]],
    ];
    const { ask, end } = await asker();
    const other = await asker({});
    for (const [headers, statuses] of carriers) {
      for (const [index, target] of targets().entries()) {
        await ask(target);
        expect((await ask(target)).status).toBe(200);
        expect((await other.ask(target, headers)).status, JSON.stringify(headers)).toBe(statuses[index]);
      }
    }
    end();
    other.end();
  });

  test('not for another Host', async () => {
    const { ask, end } = await asker();
    for (const host of ['a.example', 'b.example', 'a.example', 'b.example', 'a.example:80']) {
      const { body } = await ask(urls.document, { host });
      expect(body).toContain(`"tarball":"http://${host}/api`);
    }
    expect((await ask(urls.document, { host: 'a b' })).status).toBe(400);
    end();
  });

  test('not for another Accept, nor for another Accept-Encoding', async () => {
    const { ask, end } = await asker();
    const short = 'application/vnd.npm.install-v1+json';
    for (let n = 0; n < 3; n++) {
      for (const accept of ['application/json', short, '*/*']) {
        const { headers } = await ask(urls.document, { accept });
        expect(headers.get('content-type'), accept).toBe(accept === short ? short : 'application/json');
      }
      expect((await ask(urls.document, { 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBe('gzip');
      expect((await ask(urls.document)).headers.has('content-encoding')).toBe(false);
    }
    end();
  });

  test('not for another query', async () => {
    const { ask, end } = await asker();
    await ask(urls.document);
    await ask(urls.document);
    expect((await ask(`${urls.document}?private_token=wrong`)).status).toBe(200);
    expect((await ask(`${urls.document}/1.0.0`)).body).not.toContain('dist-tags');
    end();
  });

  test('not for a part, or another method', async () => {
    const { ask, end } = await asker();
    for (const target of targets()) {
      const whole = await ask(target);
      await ask(target);
      const head = await ask(target, {}, 'HEAD');
      expect([head.status, head.body]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(String(whole.body.length));
      expect((await ask(target)).body).toBe(whole.body);
      expect((await ask(target, { 'content-length': '0' }, 'PUT')).status).toBeGreaterThanOrEqual(400);
      expect((await ask(target, {}, 'OPTIONS')).status).toBe(405);
    }
    const part = await ask(urls.file, { range: 'bytes=1-' });
    expect([part.status, part.body]).toEqual([206, 'ne']);
    end();
  });
});

test('conditions are heard by answers from memory as by others', async () => {
  const { ask, end } = await asker();
  for (const target of targets()) {
    const { headers } = await ask(target);
    const etag = headers.get('etag') ?? '';
    const date = headers.get('last-modified') ?? '';
    const statuses: number[] = [];
    const conditions: Record<string, string>[] = [
      { 'if-none-match': etag },
      { 'if-none-match': `"a", ${etag}, "b"` },
      { 'if-none-match': '*' },
      { 'if-none-match': '"a"' },
      { 'if-modified-since': date },
      { 'if-modified-since': 'nonsense' },
      { 'if-match': '"a"' },
      { 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' },
    ];
    for (const condition of conditions) statuses.push((await ask(target, condition)).status);
    expect(statuses, target).toEqual([304, 304, 304, 200, 304, 200, 412, 412]);
  }
  end();
});

test('a condition is no way to learn what one may not read', async () => {
  const stranger = await server.createUser(`prober-${serial}`);
  const etag = `"${createHash('sha256').update('one').digest('hex')}"`;
  const { ask, end } = await asker(bearer(stranger.token));
  for (const headers of [
    { 'if-none-match': etag },
    { 'if-none-match': '*' },
    { 'if-match': etag },
    { 'if-match': '"a"' },
  ]) {
    expect((await ask(urls.file, headers as Record<string, string>)).status).toBe(404);
  }
  end();
});
