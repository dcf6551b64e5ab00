import { Readable } from 'node:stream';
import { InvalidArchive, openZip, type Zip, type ZipEntry, type ZipLimits } from '../../lib/zip-reader.ts';
import { problem } from '../../problems/problem.ts';
import type { StagedFile } from '../../registry/model.ts';
import { type Nuspec, readNuspec } from './nuspec.ts';

const longestNuspec = 1024 ** 2;
const mostUnpacked = 8 * 1024 ** 3;

/** A package or symbol package, opened and found sound. */
export interface Nupkg {
  readonly zip: Zip;
  readonly nuspec: Nuspec;
  /** The nuspec as it lies in the archive. */
  readonly nuspecBytes: Buffer;
}

/**
 * Opens an upload as a package: an archive with exactly one nuspec in its top folder. It is never unpacked or packed anew,
 * so an author's signature stays what it is.
 */
export async function openNupkg(staged: StagedFile, limits: ZipLimits = {}): Promise<Nupkg> {
  return sound(async () => {
    const zip = await openZip(staged, { ignoreCase: true, maxUnpacked: mostUnpacked, ...limits });
    const nuspecBytes = await zip.readEntry(nuspecEntry(zip), longestNuspec);
    return { zip, nuspecBytes, nuspec: readNuspec(nuspecBytes) };
  });
}

function nuspecEntry({ entries }: Zip): ZipEntry {
  const found = entries.filter(({ segments, name }) => segments.length === 1 && /\.nuspec$/i.test(name));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  throw new InvalidArchive(
    found.length === 0
      ? 'nuspec file not found: the archive has none in its top folder.'
      : 'The archive has several .nuspec files in its top folder.',
  );
}

/** What is wrong with an archive, told to whoever sent it. */
export async function sound<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidArchive) throw problem('invalid-archive', error.message);
    throw error;
  }
}

/** A file of the archive by the path that a nuspec names, with either slash and in any case; `null` when there is none. */
export function entryAt({ entries }: Zip, path: string): ZipEntry | null {
  const wanted = path
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
    .toLowerCase();
  return entries.find(({ name, kind }) => kind === 'file' && decoded(name).toLowerCase() === wanted) ?? null;
}

/** Names in a package are those of a URI: a space is `%20`. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export function streamOf(bytes: Buffer): Readable {
  return Readable.from([bytes], { objectMode: false });
}
