/** Archives and bodies that no honest client sends. Each must be refused with a 4xx, and leave nothing behind. */
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { type Manifest, type NpmPackage, packageOf } from './packages.ts';
import { type TarEntry, tarball } from './tarball.ts';

/** Member names that would leave the folder an archive is extracted to. */
export const traversalNames: readonly string[] = [
  '../escaped.txt',
  'package/../../escaped.txt',
  '/tmp/escaped.txt',
  'package\\..\\..\\escaped.txt',
  'C:/escaped.txt',
];

/** A package whose archive has one more member under `name`. */
export async function packageWithMember(manifest: Manifest, member: TarEntry): Promise<NpmPackage> {
  return packageOf(manifest, await tarball([manifestEntry(manifest), member]));
}

/** A package whose archive holds a link (or device) instead of a file. */
export function packageWithLink(
  manifest: Manifest,
  type: NonNullable<Header['type']>,
  linkname: string,
): Promise<NpmPackage> {
  return packageWithMember(manifest, { name: 'package/README.md', type, linkname });
}

/** A package whose tarball unpacks to `size` bytes of zeros, about a thousandth of that packed. */
export async function tarBomb(manifest: Manifest, size: number): Promise<NpmPackage> {
  const archive = pack();
  const packed = buffer(archive.pipe(createGzip({ level: 9 })));
  const { name, content } = manifestEntry(manifest);
  archive.entry({ name }, Buffer.from(content ?? ''));
  const zeros = archive.entry({ name: 'package/zeros', size });
  const block = Buffer.alloc(1024 * 1024);
  for (let left = size; left > 0; left -= block.length) {
    if (!zeros.write(block.subarray(0, Math.min(left, block.length)))) await once(zeros, 'drain');
  }
  zeros.end(null);
  archive.finalize();
  return packageOf(manifest, await packed);
}

/** A package whose archive isn't one: cut short, another format, or empty. */
export function brokenArchive(of: NpmPackage, how: 'truncated' | 'not-gzip' | 'empty'): NpmPackage {
  if (how === 'truncated') return packageOf(of.manifest, of.tarball.subarray(0, of.tarball.length / 2));
  return packageOf(of.manifest, how === 'empty' ? Buffer.alloc(0) : Buffer.from('<html>not an archive</html>'));
}

/** JSON text that nests arrays `depth` deep. */
export function nestedJson(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** Names that mean something to JavaScript objects, and must mean nothing to us. */
export const prototypeNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'then',
];

function manifestEntry(manifest: Manifest): TarEntry {
  return { name: 'package/package.json', content: JSON.stringify(manifest) };
}
