import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmPackage } from '../harness/packages.ts';
import { startServer } from '../harness/server.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { type NpmWire, npmWire } from './npm-wire.ts';

let server: TestServer;
let project: TestProject;
let npm: NpmWire;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme');
  project = await server.createProject('acme/races');
  npm = npmWire(project.npm, server.rootToken);
});

afterAll(() => server.stop());

interface Packument {
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly versions: Readonly<
    Record<string, { readonly dist: { readonly tarball: string; readonly integrity: string } }>
  >;
}

async function packument(name: string): Promise<Packument> {
  return (await npm.send('GET', name)).json as unknown as Packument;
}

test('of 16 publishes of one version with different bytes, one wins and its bytes are what everybody gets', async () => {
  const candidates = await Promise.all(
    Array.from({ length: 16 }, (_, n) => npmPackage({ name: 'contested', files: { 'who.txt': `number ${n}` } })),
  );
  const answers = await Promise.all(candidates.map((candidate) => npm.put(candidate)));
  const statuses = answers.map((answer) => answer.status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, ...Array.from({ length: 15 }, () => 403)]);
  const winner = candidates[answers.findIndex((answer) => answer.status === 201)];
  const { versions } = await packument('contested');
  expect(Object.keys(versions)).toEqual(['1.0.0']);
  expect(versions['1.0.0']?.dist.integrity).toBe(winner?.integrity);
  const bytes = await npm.send('GET', 'contested/-/contested-1.0.0.tgz');
  expect(bytes.bytes.equals(winner?.tarball ?? Buffer.alloc(0))).toBe(true);
});

test('32 versions published at once are all there', async () => {
  const versions = Array.from({ length: 32 }, (_, n) => `1.${n}.0`);
  const packages = await Promise.all(versions.map((version) => npmPackage({ name: 'crowded', version })));
  const answers = await Promise.all(packages.map((of) => npm.put(of)));
  expect(answers.map((answer) => answer.status)).toEqual(versions.map(() => 201));
  const document = await packument('crowded');
  expect(Object.keys(document.versions).sort()).toEqual([...versions].sort());
  expect(versions).toContain(document['dist-tags']['latest']);
});

test('a reader never sees a version whose tarball is not there', async () => {
  const packages = await Promise.all(
    Array.from({ length: 20 }, (_, n) => npmPackage({ name: 'growing', version: `1.0.${n}` })),
  );
  await npm.put(packages[0] ?? fail());
  const writing = { done: false };
  const writer = (async () => {
    for (const of of packages.slice(1)) expect((await npm.put(of)).status).toBe(201);
    writing.done = true;
  })();
  let seen = 0;
  while (!writing.done) {
    const { versions } = await packument('growing');
    expect(Object.keys(versions).length).toBeGreaterThanOrEqual(seen);
    seen = Object.keys(versions).length;
    const newest = Object.values(versions).at(-1);
    const bytes = await fetch(newest?.dist.tarball ?? '', { headers: { authorization: `Bearer ${server.rootToken}` } });
    const digest = createHash('sha512')
      .update(Buffer.from(await bytes.arrayBuffer()))
      .digest('base64');
    expect(newest?.dist.integrity).toBe(`sha512-${digest}`);
  }
  await writer;
  expect(Object.keys((await packument('growing')).versions)).toHaveLength(20);
});

test('publishing and unpublishing at once ends in one of the two orders', async () => {
  const first = await npmPackage({ name: 'contended', version: '1.0.0' });
  const second = await npmPackage({ name: 'contended', version: '2.0.0' });
  expect((await npm.put(first)).status).toBe(201);
  const rev = String((await npm.send('GET', 'contended')).json?.['_rev']);
  const [published, removed] = await Promise.all([npm.put(second), npm.send('DELETE', `contended/-rev/${rev}`)]);
  expect(published.status).toBe(201);
  expect([200, 409]).toContain(removed.status);
  const { versions } = await packument('contended');
  expect(Object.keys(versions).sort()).toEqual(removed.status === 200 ? ['2.0.0'] : ['1.0.0', '2.0.0']);
});

function fail(): never {
  throw new Error('no package');
}
