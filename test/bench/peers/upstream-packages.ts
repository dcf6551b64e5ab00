/** Packages of another registry, as ready files of nginx: what both registries fetch their copies from. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BenchVersion } from '../packages.ts';
import type { Nginx } from './nginx.ts';

/** Puts the package of these versions there, as a registry answers it: one document, and a tarball a version. */
export async function addUpstreamPackage(nginx: Nginx, versions: readonly BenchVersion[]): Promise<void> {
  const [first] = versions;
  const last = versions.at(-1);
  if (first === undefined || last === undefined) throw new Error('a package has one version at least');
  const { name } = first;
  const folder = path.join(nginx.upstreamFolder, name);
  await mkdir(path.join(folder, '-'), { recursive: true });
  const document = {
    _id: name,
    name,
    'dist-tags': { latest: last.version },
    versions: Object.fromEntries(versions.map((version) => [version.version, manifestOf(nginx, version)])),
    time: Object.fromEntries(versions.map(({ version }) => [version, '2025-01-01T00:00:00.000Z'])),
  };
  await writeFile(path.join(folder, 'packument.json'), JSON.stringify(document));
  for (const { version, packed } of versions) await writeFile(path.join(folder, fileOf(name, version)), packed.tarball);
}

function manifestOf({ upstreamUrl }: Nginx, { name, version, packed }: BenchVersion): Record<string, unknown> {
  const { manifest, integrity, shasum } = packed;
  const tarball = `${upstreamUrl}/${name}/${fileOf(name, version)}`;
  return { ...manifest, _id: `${name}@${version}`, dist: { integrity, shasum, tarball } };
}

const fileOf = (name: string, version: string): string => `-/${name}-${version}.tgz`;
