import type { Readable } from 'node:stream';
import { InvalidArchive, inspectTarball, type MemberQuery } from '../../lib/tarball.ts';
import { problem } from '../../problems/problem.ts';
import { isObject, type JsonObject } from './json-body.ts';

/** What a package's tarball says of itself. */
export interface TarballFacts {
  readonly fileCount: number;
  readonly unpackedSize: number;
  readonly packageJson: JsonObject;
  /** npm builds a package with this file even when no script says so. */
  readonly hasBindingGyp: boolean;
}

const maxSize = 4 * 1024 * 1024;

/** Reads `<folder>/package.json` and the numbers of a tarball; `invalid-archive` when npm could not install it. */
export async function inspectPackage(source: Buffer | Readable): Promise<TarballFacts> {
  let hasBindingGyp = false;
  const query: MemberQuery = {
    name: 'package.json',
    maxSize,
    matches: (segments) => {
      if (segments.length !== 2) return false;
      const file = segments[1] as string;
      if (file === 'binding.gyp') hasBindingGyp = true;
      if (file !== 'package.json' && isLookAlike(file)) {
        throw new InvalidArchive(
          `The archive has a file ${JSON.stringify(file)}, which some systems take for package.json.`,
        );
      }
      return file === 'package.json';
    },
  };
  try {
    const { fileCount, unpackedSize, member } = await inspectTarball(source, query);
    if (member === null)
      throw new InvalidArchive('package.json not found. It must lie in the one folder of the archive.');
    return { fileCount, unpackedSize, packageJson: parsed(member), hasBindingGyp };
  } catch (error) {
    if (error instanceof InvalidArchive) throw problem('invalid-archive', error.message);
    throw error;
  }
}

/** Where case doesn't count, such a file would be unpacked over the one that was checked. */
function isLookAlike(file: string): boolean {
  return file.normalize('NFKC').toLowerCase() === 'package.json';
}

function parsed(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new InvalidArchive('package.json in the archive is not valid JSON.');
  }
  if (!isObject(value)) throw new InvalidArchive('package.json in the archive is not an object.');
  return value;
}
