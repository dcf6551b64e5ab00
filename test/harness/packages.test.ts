import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip, gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { brokenArchive, packageWithLink, packageWithMember, tarBomb, traversalNames } from './hostile-packages.ts';
import { npmPackage, publishDocument, writePackage } from './packages.ts';
import { payload, payloadSha256 } from './payload.ts';

test('a package has npm’s layout, true digests, and the same bytes every time', async () => {
  const one = await npmPackage({ name: '@acme/one', files: { 'lib/a.js': '1' } });
  const again = await npmPackage({ name: '@acme/one', files: { 'lib/a.js': '1' } });
  expect(again.tarball.equals(one.tarball)).toBe(true);
  expect(one.integrity).toBe(`sha512-${createHash('sha512').update(one.tarball).digest('base64')}`);
  expect(one.shasum).toBe(createHash('sha1').update(one.tarball).digest('hex'));
  expect(await memberNames(one.tarball)).toEqual([
    'package/package.json',
    'package/index.js',
    'package/README.md',
    'package/lib/a.js',
  ]);
});

test('a publish body carries the tarball, and lies only where told to', async () => {
  const one = await npmPackage({ name: 'one', version: '2.0.0' });
  const body = publishDocument(one, { shasum: 'f'.repeat(40), manifest: { version: '9.9.9' }, tag: 'next' });
  expect(body).toMatchObject({
    'dist-tags': { next: '2.0.0' },
    versions: { '2.0.0': { version: '9.9.9', dist: { shasum: 'f'.repeat(40), integrity: one.integrity } } },
    _attachments: { 'one-2.0.0.tgz': { data: one.tarball.toString('base64'), length: one.tarball.length } },
  });
});

test('a package on disk holds what the archive holds', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'packyard-packages-'));
  try {
    await writePackage(folder, { name: 'one', files: { 'bin/one.js': '#!/usr/bin/env node\n' } });
    expect((await readdir(folder)).toSorted()).toEqual(['README.md', 'bin', 'index.js', 'package.json']);
    expect(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))).toMatchObject({ name: 'one' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('hostile archives are as hostile as they claim', async () => {
  const manifest = { name: 'one', version: '1.0.0' };
  for (const name of traversalNames) {
    const { tarball } = await packageWithMember(manifest, { name, content: 'x' });
    expect(await memberNames(tarball)).toContain(name);
  }
  const link = await packageWithLink(manifest, 'symlink', '/etc/passwd');
  expect(await memberTypes(link.tarball)).toContain('symlink');
  const bomb = await tarBomb(manifest, 20_000_000);
  expect(bomb.tarball.length).toBeLessThan(200_000);
  expect(gunzipSync(bomb.tarball).length).toBeGreaterThan(20_000_000);
  expect(() => gunzipSync(brokenArchive(bomb, 'truncated').tarball)).toThrow();
});

test('a payload has its size and its digest, block after block', async () => {
  const size = 200_001;
  const bytes = await buffer(payload(size));
  expect(bytes.length).toBe(size);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(payloadSha256(size));
  expect(payloadSha256(size, 'another')).not.toBe(payloadSha256(size));
});

async function memberNames(archive: Buffer): Promise<string[]> {
  return (await members(archive)).map(([name]) => name);
}

async function memberTypes(archive: Buffer): Promise<unknown[]> {
  return (await members(archive)).map(([, type]) => type);
}

async function members(archive: Buffer): Promise<[name: string, type: unknown][]> {
  const found: [string, unknown][] = [];
  const entries = Readable.from([archive]).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    found.push([entry.header.name, entry.header.type]);
    entry.resume();
  }
  return found;
}
