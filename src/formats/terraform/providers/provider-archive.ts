import { createHash } from 'node:crypto';
import { InvalidArchive, openZip, type Zip } from '../../../lib/zip-reader.ts';
import { problem } from '../../../problems/problem.ts';
import type { StagedFile } from '../../../registry/model.ts';

/** What is known of one platform's archive: the details of its file. */
export interface ArchiveDetails {
  readonly os: string;
  readonly arch: string;
  /** `h1:…`; `null` where readers would count differently. */
  readonly h1: string | null;
}

/** Checks a provider's archive, and answers its `h1:` hash. `invalid-archive`. */
export async function hashProviderArchive(staged: StagedFile, type: string): Promise<string | null> {
  try {
    const zip = await openZip(staged);
    checkContent(zip, type);
    return await hashOf(zip);
  } catch (error) {
    if (error instanceof InvalidArchive) throw problem('invalid-archive', error.message);
    throw error;
  }
}

function checkContent({ entries }: Zip, type: string): void {
  const link = entries.find(({ kind }) => kind === 'symbolic-link');
  if (link !== undefined) {
    throw new InvalidArchive(`The archive has a symbolic link: ${JSON.stringify(link.name.slice(0, 200))}.`);
  }
  const program = `terraform-provider-${type}`;
  const isThere = entries.some(({ kind, segments: [first = '', ...below] }) => {
    return (
      kind === 'file' &&
      below.length === 0 &&
      (first === program || (/^[_.]/.test(first.slice(program.length)) && first.startsWith(program)))
    );
  });
  if (!isThere) throw new InvalidArchive(`The archive has no program ${program}_v… at its top.`);
}

/**
 * Go's `dirhash.Hash1`: SHA-256 of the list of files with theirs, sorted by name. Folders as entries count for some readers
 * and not for others, so an archive with any has none. https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash
 */
async function hashOf(zip: Zip): Promise<string | null> {
  if (zip.entries.some(({ kind }) => kind === 'folder')) return null;
  const sorted = zip.entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const list = createHash('sha256');
  for (const entry of sorted) {
    const content = createHash('sha256');
    for await (const chunk of zip.openEntry(entry)) content.update(chunk as Buffer);
    list.update(`${content.digest('hex')}  ${entry.name}\n`);
  }
  return `h1:${list.digest('base64')}`;
}
