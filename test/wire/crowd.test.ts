/**
 * Hundreds of clients of one large file at once, cold, hot and published here: each gets every byte, and the server's memory
 * hardly knows how many there are.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { management } from '../harness/management.ts';
import { testsUseBucket } from '../harness/test-bucket.ts';
import type { TestGroup, TestProject } from '../harness/types.ts';
import { createRegistry, type TestRegistry } from '../harness/virtual.ts';
import { contentAt, contentDigest } from './crowd-content.ts';
import { type CrowdUpstream, crowd, crowdUpstream } from './crowd.ts';
import { hasProcFiles, ServerProcess } from './server-process.ts';

/** With `PACKYARD_TEST_LARGE=1` 500 clients of 200 MiB, which takes minutes. */
const isLarge = process.env['PACKYARD_TEST_LARGE'] === '1';
const mib = 2 ** 20;
const size = (isLarge ? 200 : 20) * mib + 12_345;
const clients = isLarge ? 500 : 400;
const time = isLarge ? 900_000 : 120_000;
/**
 * Chunks that each client held, and those that were sent already, came to 120 to 240 MiB. Readers of a bucket have a connection
 * each; and with hundreds of megabytes from elsewhere Node 24 lets its heap grow further than Node 20.
 */
const mostRise = { cold: (testsUseBucket || isLarge ? 180 : 110) * mib, hot: (testsUseBucket ? 180 : 70) * mib };

let server: ServerProcess;
let group: TestGroup;
let project: TestProject;
let upstream: CrowdUpstream;
let registry: TestRegistry;

beforeAll(async () => {
  server = await ServerProcess.start({ PACKYARD_UPSTREAM_ALLOW: '127.0.0.1', PACKYARD_LOG_LEVEL: 'warn' });
  const admin = management(server.url, server.token);
  group = await admin.createGroup('acme');
  project = await admin.createProject('acme/app');
  upstream = await crowdUpstream(size);
  registry = await createRegistry({ ...admin, url: server.url }, group, 'generic', [upstream.url]);
  // What is loaded once is no part of what clients cost.
  await fetch(`${registry.url}/first/1.0/none.bin`, { method: 'HEAD', headers: { 'private-token': server.token } });
});

afterAll(async () => {
  upstream.close();
  await server.end();
});

/** What `work` adds to the server's memory, at most. */
async function rise(work: () => Promise<void>): Promise<number> {
  server.forgetPeak();
  const { now } = server.memory();
  await work();
  return server.memory().peak - now;
}

async function expectRightForAll(url: string, more: { firstLeaves?: boolean; apart?: boolean } = {}): Promise<void> {
  const got = await crowd({ url, token: server.token, clients, size, hashing: 3, ...more });
  const all = clients - (more.firstLeaves === true ? 1 : 0);
  expect({ right: got.right, others: got.others }).toEqual({ right: all, others: [] });
  expect(new Set(got.sha256)).toEqual(new Set([contentDigest(size)]));
}

describe.runIf(hasProcFiles)(`${clients} clients of a file of ${Math.floor(size / mib)} MiB`, () => {
  test(
    'that nobody had asked for: one request, and the client that came first harms nobody when it goes away',
    async () => {
      const before = upstream.hits();
      const risen = await rise(() => expectRightForAll(`${registry.url}/tool/1.0/tool.bin`, { firstLeaves: true }));
      expect(upstream.hits()).toBe(before + 1);
      expect(risen).toBeLessThan(mostRise.cold);
    },
    time,
  );

  test(
    'that is here from another registry',
    async () => {
      const before = upstream.hits();
      const risen = await rise(() => expectRightForAll(`${registry.url}/tool/1.0/tool.bin`));
      expect(upstream.hits()).toBe(before);
      expect(risen).toBeLessThan(mostRise.hot);
    },
    time,
  );

  test(
    'that was published here, each at another place of it',
    async () => {
      const url = `${project.generic}/tool/1.0/tool.bin`;
      const headers = { 'private-token': server.token };
      const body = Buffer.alloc(size);
      for (let at = 0; at < size; ) at += contentAt(at, size - at).copy(body, at);
      expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(201);
      const risen = await rise(() => expectRightForAll(url, { apart: true }));
      expect(risen).toBeLessThan(mostRise.hot);
    },
    time,
  );
});

test(
  'an upstream that dies half-way: nobody gets a whole file, and nothing is kept',
  async () => {
    const dying = await crowdUpstream(size, Math.floor(size / 2));
    const admin = { ...management(server.url, server.token), url: server.url };
    const other = await createRegistry(admin, group, 'generic', [dying.url]);
    const got = await crowd({ url: `${other.url}/tool/2.0/tool.bin`, token: server.token, clients, size, hashing: 0 });
    dying.close();
    expect(got.right).toBe(0);
    expect(got.others).toHaveLength(clients);
    const entries = `/virtual_registries/packages/generic/upstreams/${other.upstreams[0]?.id}/cache_entries`;
    expect(await admin.api('GET', entries)).toEqual([]);
  },
  time,
);
