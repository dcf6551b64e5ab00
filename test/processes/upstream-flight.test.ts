/** Several processes that want the same cold thing of an upstream: one asks, and when it is killed half-way, another does. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { offerNpm } from '../harness/offered-packages.ts';
import { createRegistry } from '../harness/virtual.ts';
import { type Fleet, startFleet } from './fleet.ts';
import type { Program } from './program.ts';

const bytes = randomBytes(3 * 2 ** 20);
const sha256 = createHash('sha256').update(bytes).digest('hex');

describe.skipIf(process.platform !== 'linux')('two servers', () => {
  let fleet: Fleet;
  let upstream: FakeUpstream;
  /** Path of a mount below a server. */
  let npm: string;
  let generic: string;
  let entries: string;

  beforeAll(async () => {
    // Workers, so that SQLite knows that it is shared.
    fleet = await startFleet(2, { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1', PACKYARD_WORKERS: '2' });
    upstream = await fakeUpstream();
    const group = await fleet.createGroup('acme');
    const made = async (format: string): Promise<{ mount: string; upstream: number }> => {
      const { url, upstreams } = await createRegistry({ ...fleet, url: fleet.server(0).url }, group, format, [
        upstream.url,
      ]);
      return { mount: new URL(url).pathname, upstream: upstreams[0]?.id ?? 0 };
    };
    npm = (await made('npm')).mount;
    const tree = await made('generic');
    generic = tree.mount;
    entries = `/api/v4/virtual_registries/packages/generic/upstreams/${tree.upstream}/cache_entries`;
  });
  afterAll(async () => {
    await fleet.stop();
    await upstream.close();
  });

  const get = async (server: number, path: string): Promise<{ status: number; body: Buffer | null }> => {
    const headers = { 'private-token': fleet.rootToken };
    const response = await fetch(`${fleet.server(server).url}${path}`, { headers });
    const body = await response.arrayBuffer().then(
      (whole) => Buffer.from(whole),
      () => null,
    );
    return { status: response.status, body };
  };
  const digestOf = (body: Buffer | null): string | null =>
    body === null ? null : createHash('sha256').update(body).digest('hex');
  const all = <T>(ask: (server: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: 12 }, (_, n) => ask(n % 2)));

  test('a cold document and a cold file are asked for once', async () => {
    await offerNpm(upstream, 'thing', [{}]);
    const documents = await all((server) => get(server, `${npm}/thing`));
    expect(documents.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(upstream.hits.get('/thing')).toBe(1);
    upstream.on('/tool/1.0/tool.bin', (_request, response) => {
      response.writeHead(200, { 'content-length': String(bytes.length) }).write(bytes.subarray(0, 100));
      setTimeout(() => response.end(bytes.subarray(100)), 300);
    });
    const files = await all((server) => get(server, `${generic}/tool/1.0/tool.bin`));
    expect(new Set(files.map(({ body }) => digestOf(body)))).toEqual(new Set([sha256]));
    expect(upstream.hits.get('/tool/1.0/tool.bin')).toBe(1);
  });

  test('the one that fetches is killed: the other fetches anew, and nothing half-kept is ever given', async () => {
    const path = '/tool/2.0/tool.bin';
    upstream.on(path, (_request, response) => {
      response.writeHead(200, { 'content-length': String(bytes.length) });
      if (upstream.hits.get(path) === 1) response.write(bytes.subarray(0, bytes.length / 2));
      else response.end(bytes);
    });
    const first = get(0, `${generic}${path}`).catch(() => ({ status: 0, body: null }));
    await until(() => upstream.hits.get(path) === 1);
    const second = get(1, `${generic}${path}`);
    await killAll(fleet.server(0).program);
    expect((await first).body).toBeNull();
    const { status, body } = await second;
    expect([status, digestOf(body)]).toEqual([200, sha256]);
    expect(upstream.hits.get(path)).toBe(2);
    await fleet.restart(0);
    for (const server of [0, 1]) expect(digestOf((await get(server, `${generic}${path}`)).body)).toBe(sha256);
    expect(upstream.hits.get(path)).toBe(2);
    const listed = JSON.parse(String((await get(1, entries)).body)) as { relative_path: string; file_sha256: string }[];
    expect(listed.map((entry) => [entry.relative_path, entry.file_sha256])).toEqual([
      ['tool/1.0/tool.bin', sha256],
      ['tool/2.0/tool.bin', sha256],
    ]);
  }, 120_000);
});

/** The program and its workers, at once. */
async function killAll({ child, ended }: Program): Promise<void> {
  const workers = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  child.kill('SIGKILL');
  for (const worker of workers.trim().split(' ').filter(Boolean)) process.kill(Number(worker), 'SIGKILL');
  await ended;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
