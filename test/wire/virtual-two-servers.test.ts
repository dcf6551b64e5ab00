/** Two servers of one database: what one of them is told of a virtual registry holds at once on the other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../harness/engine.ts';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestServer } from '../harness/types.ts';
import { createRegistry, type TestRegistry } from '../harness/virtual.ts';

let database: FreshDatabase;
let data: string;
let one: TestServer;
let two: TestServer;
let group: TestGroup;
let upstream: FakeUpstream;
let registry: TestRegistry;

beforeAll(async () => {
  database = await freshDatabase();
  data = await mkdtemp(join(tmpdir(), 'packyard-two-'));
  const settings = { PACKYARD_DATABASE_URL: database.url, PACKYARD_UPSTREAM_ALLOW: '127.0.0.1' };
  one = await startServer({ data, settings });
  two = await startServer({ data, settings });
  group = await one.createGroup('acme');
  upstream = await fakeUpstream();
  registry = await createRegistry(one, group, 'generic', [upstream.url]);
});

afterAll(async () => {
  await one.stop();
  await two.stop();
  await upstream.close();
  await database.drop();
  await rm(data, { recursive: true });
});

/** What the second server answers, which has been asked before. */
async function there(file: string): Promise<number> {
  const url = `${registry.url.replace(one.url, two.url)}/${file}`;
  const response = await fetch(url, { headers: { 'private-token': one.rootToken, 'x-forwarded-proto': 'http' } });
  await response.arrayBuffer();
  return response.status;
}

async function warm(file: string): Promise<void> {
  upstream.on(`/${file}`, Buffer.from(file));
  for (let ask = 0; ask < 3; ask += 1) expect(await there(file)).toBe(200);
}

const upstreams = '/virtual_registries/packages/generic/upstreams';

test('a rule, and its end', async () => {
  await warm('tool/1.0/a.bin');
  const id = registry.upstreams[0]?.id;
  await one.api('PATCH', `${upstreams}/${id}`, { rules: [{ kind: 'deny', name: 'tool', version: '*' }] });
  expect(await there('tool/1.0/a.bin')).toBe(403);
  await one.api('PATCH', `${upstreams}/${id}`, { rules: [] });
  expect(await there('tool/1.0/a.bin')).toBe(200);
});

test('a name that becomes ours', async () => {
  await warm('ours/1.0/a.bin');
  const project = await one.createProject('acme/app');
  const headers = { 'private-token': one.rootToken };
  const put = await fetch(`${project.generic}/ours/2.0/b.bin`, { method: 'PUT', headers, body: 'ours' });
  expect(put.status).toBe(201);
  expect(await there('ours/1.0/a.bin')).toBe(404);
});

test('a member that is taken out', async () => {
  await warm('gone/1.0/a.bin');
  const other = await fakeUpstream();
  await one.api('POST', `/virtual_registries/packages/generic/registries/${registry.id}/upstreams`, { url: other.url });
  const first = registry.upstreams[0]?.registry_upstream.id;
  await one.api('DELETE', `/virtual_registries/packages/generic/registry_upstreams/${first}`);
  expect(await there('gone/1.0/a.bin')).toBe(404);
  await other.close();
});
