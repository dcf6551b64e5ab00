import { expect, test } from 'vitest';
import { call, needsOf } from '../../../test/npm/call.ts';
import { FakeRegistry, packageOf } from '../../../test/npm/fake-registry.ts';
import { parseName } from './names.ts';
import type { PutDocument } from './put-document.ts';
import { revOf } from './revisions.ts';
import { unpublishVersions } from './unpublish.ts';

const rev = revOf({ id: 3, revision: 7 });
const stale = revOf({ id: 3, revision: 6 });
const pkg = parseName('pkg');

function registryWith(versions = ['1.0.0', '1.1.0', '2.0.0']): FakeRegistry {
  const registry = new FakeRegistry();
  registry.packages.set('pkg', packageOf('pkg', versions));
  registry.packages.set('@s/pkg', packageOf('@s/pkg', ['1.0.1']));
  return registry;
}

function documentOf(...versions: string[]): PutDocument {
  return { _id: 'pkg', _rev: rev, versions: Object.fromEntries(versions.map((version) => [version, {}])) };
}

test('removes the versions that the document leaves out, at the revision it was read with', async () => {
  const registry = registryWith();
  expect(await unpublishVersions(registry, pkg, documentOf('1.0.0'), rev)).toMatchObject({ status: 201 });
  expect(registry.writes).toEqual([['removeVersions', 'pkg', ['1.1.0', '2.0.0'], { ifRevision: 7 }]]);
});

test('a document that leaves nothing out writes nothing', async () => {
  const registry = registryWith();
  await unpublishVersions(registry, pkg, documentOf('1.0.0', '1.1.0', '2.0.0', '9.0.0'), rev);
  expect(registry.writes).toEqual([]);
});

test('hidden versions, which no client saw, stay', async () => {
  const registry = new FakeRegistry();
  const change = (version: string) => (version === '2.0.0' ? ({ status: 'hidden' } as const) : {});
  registry.packages.set('pkg', packageOf('pkg', ['1.0.0', '1.1.0', '2.0.0'], { change }));
  await unpublishVersions(registry, pkg, documentOf('1.0.0'), rev);
  expect(registry.writes).toEqual([['removeVersions', 'pkg', ['1.1.0'], { ifRevision: 7 }]]);
});

test.each([stale, '', 'undefined', '7-'])('a stale _rev %j is a conflict', async (old) => {
  const registry = registryWith();
  await expect(unpublishVersions(registry, pkg, documentOf('1.0.0'), old)).rejects.toMatchObject({
    code: 'revision-conflict',
    status: 409,
  });
  expect(registry.writes).toEqual([]);
});

test.each([
  ['no versions at all', { _id: 'pkg' }],
  ['an array', { versions: [] }],
  ['null', { versions: null }],
  ['a number', { versions: 1 }],
  ['none of the published ones', { versions: {} }],
  ['inherited names', { versions: { constructor: {}, toString: {} } }],
])('versions of %s are refused, and nothing goes', async (_case, document) => {
  const registry = registryWith();
  await expect(unpublishVersions(registry, pkg, document, rev)).rejects.toMatchObject({ status: 400 });
  expect(registry.writes).toEqual([]);
});

test('an unknown package is not found', async () => {
  await expect(unpublishVersions(registryWith(), parseName('nope'), documentOf(), rev)).rejects.toMatchObject({
    code: 'package-not-found',
  });
});

test('removes a whole package', async () => {
  const registry = registryWith();
  expect(await call(registry, 'DELETE', `/pkg/-rev/${rev}`)).toMatchObject({ status: 200, body: { ok: true } });
  expect(registry.writes).toEqual([['removePackage', 'pkg', { ifRevision: 7 }]]);
  expect(needsOf('DELETE', `/pkg/-rev/${rev}`)).toBe('delete');
});

test.each([
  ['/pkg/-rev/undefined', 409],
  [`/pkg/-rev/${stale}`, 409],
  [`/nope/-rev/${rev}`, 404],
])('DELETE %s answers %i', async (path, status) => {
  const registry = registryWith();
  expect((await call(registry, 'DELETE', path)).status).toBe(status);
  expect(registry.writes).toEqual([]);
});

// Seen on the wire: plain, scoped, GitLab's file name, prefix doubled, prefix cut short.
test.each([
  '/pkg/-/pkg-1.2.0.tgz',
  '/@s/pkg/-/pkg-1.0.0.tgz',
  '/@s%2fpkg/-/pkg-1.0.0.tgz',
  '/@s/pkg/-/@s/pkg-1.0.0.tgz',
  '/@s/pkg/-/@s%2fpkg-1.0.0.tgz',
  '/api/v4/projects/1/packages/npm/@s/pkg/-/pkg-1.0.0.tgz',
  '/api/v4/projects/grp%2fproj/packages/npm/pkg/-/pkg-1.2.0.tgz',
  '/api/v4/groups/1/-/packages/npm/pkg/-/pkg-1.2.0.tgz',
  '/below/a/path/api/v4/groups/1/-/packages/npm/@s/pkg/-/pkg-1.0.0.tgz',
  '/ckages/npm/demo/-/demo-1.1.0.tgz',
  '/constructor/-/constructor-1.0.0.tgz',
  '/nope/-/nope-1.0.0.tgz',
  '/UPPER.CASE..NAME!/-/x.tgz',
])('a removed archive is gone, however its path was cut: %s', async (path) => {
  const registry = registryWith();
  for (let time = 0; time < 2; time++) {
    expect(await call(registry, 'DELETE', `${path}/-rev/${rev}`)).toMatchObject({ status: 200, body: { ok: true } });
  }
  expect(registry.writes).toEqual([]);
});

test.each(['/pkg/-/pkg-1.0.0.tgz', '/ckages/npm/pkg/-/pkg-1.0.0.tgz', '/@s/pkg/-/@s/pkg-1.0.1.tgz'])(
  'an archive whose version is published is no leftover: %s',
  async (path) => {
    expect((await call(registryWith(), 'DELETE', `${path}/-rev/${rev}`)).status).toBe(409);
  },
);

test('only archives, only for those who are signed in, and no other method', async () => {
  expect((await call(registryWith(), 'DELETE', `/pkg/-/pkg.json/-rev/${rev}`)).status).toBe(404);
  expect(needsOf('DELETE', '/pkg/-/pkg-1.0.0.tgz/-rev/1')).toBe('caller');
  expect((await call(registryWith(), 'DELETE', '/a/b/c/d')).status).toBe(404);
  expect((await call(registryWith(), 'GET', '/a/b/c/d')).status).toBe(404);
});
