/** Writes into Verdaccio's storage what publishing would have written: it takes minutes for a thousand versions. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BenchVersion } from '../packages.ts';

interface StoredPackage {
  versions: Record<string, unknown>;
  time: Record<string, string>;
  'dist-tags': Record<string, string>;
  _attachments: Record<string, { shasum: string }>;
}

/** Adds versions to a package of which one was published to the running server; their tarballs too. */
export async function storeVersions(storage: string, name: string, versions: readonly BenchVersion[]): Promise<void> {
  const file = path.join(storage, name, 'package.json');
  const stored = JSON.parse(await readFile(file, 'utf8')) as StoredPackage;
  for (const { version, packed, body } of versions) {
    const tarball = `${name}-${version}.tgz`;
    stored.versions[version] = sentVersion(body, version);
    stored.time[version] = new Date().toISOString();
    stored['dist-tags']['latest'] = version;
    stored._attachments[tarball] = { shasum: packed.shasum };
    await writeFile(path.join(storage, name, tarball), packed.tarball);
  }
  await writeFile(file, JSON.stringify(stored, null, 2));
}

/** Copies a stored package under other names, for a server that is started afterwards. */
export async function storeCopies(storage: string, from: string, names: readonly string[]): Promise<void> {
  const text = await readFile(path.join(storage, from, 'package.json'), 'utf8');
  for (const name of names) {
    await mkdir(path.join(storage, name), { recursive: true });
    await writeFile(path.join(storage, name, 'package.json'), text.replaceAll(from, name));
  }
  const list = path.join(storage, '.verdaccio-db.json');
  const database = JSON.parse(await readFile(list, 'utf8')) as { list: string[] };
  database.list.push(...names);
  await writeFile(list, JSON.stringify(database));
}

function sentVersion(body: Buffer, version: string): unknown {
  return (JSON.parse(body.toString()) as { versions: Record<string, unknown> }).versions[version];
}
