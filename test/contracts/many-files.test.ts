/** Versions of many files: what becomes of a file that is there already, and of names that were used before. */
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callerOf } from '../../src/access/authenticate.ts';
import { anonymous, type UserCaller } from '../../src/access/caller.ts';
import type { DocumentKind } from '../../src/formats/format.ts';
import { Problem } from '../../src/problems/problem.ts';
import type { Name, Publication, Published, PublishedFile } from '../../src/registry/model.ts';
import type { BoundRegistry } from '../../src/registry/port.ts';
import type { Mount } from '../../src/registry/mount.ts';
import { type Bench, openBench } from '../harness/bound-registry.ts';
import { type Catalogue, newYear, openCatalogue } from '../harness/catalogue.ts';

const lib: Name = { key: 'lib', display: 'Lib', namespace: null };

let catalogue: Catalogue;
let bench: Bench;
let root: UserCaller;
let mount: Mount & { scope: 'project' };

beforeEach(async () => {
  catalogue = await openCatalogue();
  bench = openBench(catalogue.db, () => newYear);
  root = callerOf(await catalogue.user('root', { isAdmin: true }));
  await catalogue.group('acme', 'public');
  mount = { scope: 'project', project: await catalogue.project('acme/app', 'public') };
});
afterEach(() => catalogue.close());

interface Upload extends Partial<Omit<PublishedFile, 'staged'>> {
  readonly bytes: string;
  readonly version?: string;
  readonly publication?: Partial<Publication>;
}

async function upload(
  registry: BoundRegistry,
  { bytes, version = '1', publication, ...file }: Upload,
): Promise<Published> {
  const staged = await registry.stage(Readable.from([bytes]));
  return registry.publish({
    name: lib,
    version: { key: version, display: version },
    manifest: '{}',
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files: [{ name: 'a', role: 'archive', uniqueKey: null, ...file, staged }],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    status: null,
    ...publication,
  });
}

async function codeOf(refused: Promise<unknown>): Promise<string> {
  return refused.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
}

async function filesOf(registry: BoundRegistry): Promise<string[]> {
  const source = await registry.package(lib, 'manifest', { files: true });
  return (source?.versions ?? []).flatMap(({ version, files }) =>
    files.map(({ name, size }) => `${version} ${name} ${size}`),
  );
}

test('a file takes away those that it supersedes, in one transaction, and readers see both or neither', async () => {
  const registry = bench.at(mount, root);
  const newest = (kept: number): Partial<Publication> => ({
    supersedes: (files) => files.slice(0, Math.max(0, files.length - kept)).map(({ id }) => id),
  });
  for (const name of ['a', 'b', 'c']) await upload(registry, { bytes: name, name, publication: newest(2) });
  expect(await filesOf(registry)).toEqual(['1 b 1', '1 c 1']);
  await upload(registry, { bytes: 'other', name: 'a', version: '2', publication: newest(1) });
  await upload(registry, { bytes: 'dd', name: 'd', publication: newest(1) });
  expect(await filesOf(registry)).toEqual(['1 d 2', '2 a 5']);
});

test('the same bytes again change nothing, other bytes are refused', async () => {
  const registry = bench.at(mount, root);
  const first = await upload(registry, { bytes: 'one', ifExists: 'same-bytes' });
  const again = await upload(registry, { bytes: 'one', ifExists: 'same-bytes' });
  expect(again.files).toEqual(first.files);
  expect(again.revision).toBe(first.revision);
  expect(await codeOf(upload(registry, { bytes: 'two', ifExists: 'same-bytes' }))).toBe('file-exists');
  expect(await filesOf(registry)).toEqual(['1 a 3']);
});

test('a replaced file is the only one of its name', async () => {
  const registry = bench.at(mount, root);
  await upload(registry, { bytes: 'one', ifExists: 'replace' });
  await upload(registry, { bytes: 'other', ifExists: 'replace' });
  expect(await filesOf(registry)).toEqual(['1 a 5']);
});

test('without a word the newest answers beside the older; "refuse" keeps the first', async () => {
  const registry = bench.at(mount, root);
  await upload(registry, { bytes: 'one' });
  await upload(registry, { bytes: 'longer' });
  expect(await filesOf(registry)).toEqual(['1 a 3', '1 a 6']);
  expect((await registry.file(lib, { fileName: 'a' })).size).toBe(6);
  expect(await codeOf(upload(registry, { bytes: 'longer', ifExists: 'refuse' }))).toBe('file-exists');
});

test('a unique key counts in the whole package, and of parallel uploads one wins', async () => {
  const registry = bench.at(mount, root);
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      codeOf(upload(registry, { bytes: `bytes ${n}`, version: `${n}`, uniqueKey: 'a', ifExists: 'same-bytes' })),
    ),
  );
  expect(outcomes.sort()).toEqual(['accepted', ...Array<string>(7).fill('file-exists')]);
  expect(await filesOf(registry)).toHaveLength(1);
});

test('parallel first uploads of one version all arrive in it', async () => {
  const registry = bench.at(mount, root);
  await Promise.all(
    Array.from({ length: 8 }, (_, n) => upload(registry, { bytes: `${n}`, name: `f${n}`, ifExists: 'same-bytes' })),
  );
  const source = await registry.package(lib, 'manifest', { files: true });
  expect(source?.versions).toHaveLength(1);
  expect(source?.versions[0]?.files.map(({ name }) => name).sort()).toEqual([
    'f0',
    'f1',
    'f2',
    'f3',
    'f4',
    'f5',
    'f6',
    'f7',
  ]);
});

test.each(['version', 'package'] as const)('a name stays taken when its %s is removed', async (what) => {
  const registry = bench.at(mount, root, { keepsFileNames: true });
  const of = { uniqueKey: 'a', ifExists: 'same-bytes' } as const;
  await upload(registry, { bytes: 'one', ...of });
  if (what === 'version') await registry.removeVersions(lib, ['1'], {});
  else await registry.removePackage(lib, {});
  expect(await codeOf(upload(registry, { bytes: 'two', ...of }))).toBe('file-exists');
  expect(await registry.package(lib, 'manifest')).toBe(null);
  expect(await codeOf(upload(registry, { bytes: 'one', ...of }))).toBe('accepted');
});

test('an existing version is renewed only when the publication says so', async () => {
  const registry = bench.at(mount, root);
  await upload(registry, { bytes: 'one', publication: { manifest: '{"n":1}' } });
  await upload(registry, { bytes: 'two', name: 'b', publication: { manifest: '{"n":2}' } });
  const fragment = async () => (await registry.package(lib, 'manifest'))?.versions[0]?.fragment;
  expect(await fragment()).toBe('{"n":1}');
  await upload(registry, { bytes: 'three', name: 'c', publication: { manifest: '{"n":3}', renewVersion: true } });
  expect(await fragment()).toBe('{"n":3}');
});

test('documents see the files of versions that grew, with what the format says of them', async () => {
  const registry = bench.at(mount, root);
  const kind: DocumentKind = {
    id: 'files',
    reads: 'manifest',
    readsFiles: true,
    build: ({ versions }) =>
      versions.map(({ version, files }) => [version, files.map(({ name, details }) => [name, details])]),
    parse: () => null,
    versions: () => [],
    keep: (doc) => doc,
    merge: ([doc]) => doc,
    render: (doc) => ({ mediaType: 'application/json', parts: [JSON.stringify(doc)] }),
  };
  const document = async () =>
    JSON.parse(Buffer.from(await (await registry.document(kind, lib)).identity()).toString()) as unknown;
  await upload(registry, { bytes: 'one', details: '{"x":1}' });
  expect(await document()).toEqual([['1', [['a', '{"x":1}']]]]);
  await upload(registry, { bytes: 'two', name: 'b', version: '2' });
  await upload(registry, { bytes: 'three', name: 'c' });
  expect(await document()).toEqual([
    [
      '1',
      [
        ['a', '{"x":1}'],
        ['c', null],
      ],
    ],
    ['2', [['b', null]]],
  ]);
});

test('a package as a whole can be spoken of', async () => {
  const registry = bench.at(mount, root);
  await upload(registry, { bytes: 'one' });
  await registry.setPackageStanding(lib, 'archived', 'Moved.');
  await registry.setPackageStanding(lib, 'archived', 'Moved.');
  expect(await registry.package(lib, 'manifest')).toMatchObject({
    standing: 'archived',
    standingReason: 'Moved.',
    revision: 2,
  });
});

test('files are found by their digest where the caller may see them', async () => {
  const hidden: Mount = { scope: 'project', project: await catalogue.project('acme/secret') };
  const { files } = await upload(bench.at(hidden, root), { bytes: 'one' });
  const sha256 = files[0]?.digests.sha256 ?? '';
  const group = await groupMount();
  expect((await bench.at(group, root).fileByDigest(sha256, 'a')).id).toBe(files[0]?.id);
  expect(await codeOf(bench.at(group).fileByDigest(sha256, 'a'))).toBe('file-not-found');
  expect(await codeOf(bench.at(mount, root).fileByDigest(sha256, 'a'))).toBe('file-not-found');
  expect(await codeOf(bench.at(group, root).fileByDigest(sha256, 'b'))).toBe('file-not-found');
});

test('an anonymous caller of a view is challenged when it holds more than he can see, or nothing', async () => {
  const views = { anonymousViews: 'challenge' } as const;
  const group = await groupMount();
  const kind = namesOnly();
  expect(await codeOf(bench.at(group, anonymous, views).document(kind, lib))).toBe('unauthenticated');
  await upload(bench.at(mount, root), { bytes: 'one' });
  expect(await codeOf(bench.at(group, anonymous, views).document(kind, lib))).toBe('accepted');
  const hidden: Mount = { scope: 'project', project: await catalogue.project('acme/secret') };
  await upload(bench.at(hidden, root), { bytes: 'two' });
  expect(await codeOf(bench.at(group, anonymous, views).document(kind, lib))).toBe('unauthenticated');
  expect(await codeOf(bench.at(group, anonymous).document(kind, lib))).toBe('accepted');
  expect(await codeOf(bench.at(group, root, views).document(kind, lib))).toBe('accepted');
});

test('names come in pages, each once', async () => {
  for (const path of ['app', 'other']) {
    const at: Mount = path === 'app' ? mount : { scope: 'project', project: await catalogue.project(`acme/${path}`) };
    for (const key of ['c', 'a', 'b']) {
      await upload(bench.at(at, root), {
        bytes: key,
        publication: { name: { key, display: key.toUpperCase(), namespace: null } },
      });
    }
  }
  const registry = bench.at(await groupMount(), root);
  expect(await registry.names({ limit: 2 })).toEqual([
    { key: 'a', display: 'A' },
    { key: 'b', display: 'B' },
  ]);
  expect(await registry.names({ after: 'b', limit: 2 })).toEqual([{ key: 'c', display: 'C' }]);
});

function namesOnly(): DocumentKind {
  return {
    id: 'names',
    reads: 'manifest',
    build: ({ name }) => name,
    parse: () => null,
    versions: () => [],
    keep: (doc) => doc,
    merge: ([doc]) => doc,
    render: (doc) => ({ mediaType: 'text/plain', parts: [String(doc)] }),
  };
}

async function groupMount(): Promise<Mount> {
  const { findGroup } = await import('../../src/catalog/namespaces.ts');
  const group = await findGroup(catalogue.db, 'acme');
  if (group === undefined) throw new Error('acme is missing');
  return { scope: 'group', group };
}

test('a version that must be there is not made by what belongs to it', async () => {
  const registry = bench.at(mount, root);
  const publication = { ifVersionMissing: 'refuse' } as const;
  expect(await codeOf(upload(registry, { bytes: 'x', publication }))).toBe('version-not-found');
  expect(await registry.package(lib, 'manifest')).toBeNull();
  await upload(registry, { bytes: 'one' });
  await upload(registry, { bytes: 'more', name: 'b', publication });
  expect(await codeOf(upload(registry, { bytes: 'x', version: '2', publication }))).toBe('version-not-found');
  expect(await filesOf(registry)).toEqual(['1 a 3', '1 b 4']);
});
