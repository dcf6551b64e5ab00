import { InvalidArchive } from '../../lib/invalid-archive.ts';
import { inspectTarball } from '../../lib/tarball.ts';
import { openZip } from '../../lib/zip-reader.ts';
import type { StagedFile } from '../../registry/model.ts';
import { type ArchiveMetadata, maxMetadata } from './core-metadata.ts';
import type { DistributionName } from './distribution-name.ts';

const metadataName = 'PKG-INFO';

/**
 * A source distribution: one folder at the top, `PKG-INFO` in it.
 * https://packaging.python.org/en/latest/specifications/source-distribution-format/
 */
export function readSdist(staged: StagedFile, { fileName }: DistributionName): Promise<ArchiveMetadata> {
  return fileName.endsWith('.zip') ? readZipped(staged) : readTarball(staged);
}

async function readTarball(staged: StagedFile): Promise<ArchiveMetadata> {
  const folders = new TopFolders();
  const { member } = await inspectTarball(staged.bytes ?? staged.open(), {
    name: metadataName,
    maxSize: maxMetadata,
    matches: (segments) => folders.isMetadata(segments),
  });
  folders.check();
  if (member === null) throw missing();
  // Bytes that are no UTF-8 have become replacement characters.
  return { text: member, bytes: member.includes('\uFFFD') ? null : Buffer.from(member) };
}

async function readZipped(staged: StagedFile): Promise<ArchiveMetadata> {
  const zip = await openZip(staged);
  const folders = new TopFolders();
  const [entry] = zip.entries.filter(({ segments }) => folders.isMetadata(segments));
  folders.check();
  if (entry === undefined) throw missing();
  const bytes = await zip.readEntry(entry, maxMetadata);
  const text = bytes.toString('utf8');
  return { text, bytes: text.includes('\uFFFD') ? null : bytes };
}

/** Which folders an archive has at its top: one, or none knows what is unpacked. */
class TopFolders {
  readonly #names = new Set<string>();

  isMetadata(segments: readonly string[]): boolean {
    const inside = segments[0] === '.' ? segments.slice(1) : segments;
    const [top] = inside;
    if (top !== undefined && this.#names.size < 2) this.#names.add(top);
    return inside.length === 2 && inside[1] === metadataName;
  }

  check(): void {
    if (this.#names.size !== 1) throw new InvalidArchive('A source distribution has one folder at its top.');
  }
}

function missing(): InvalidArchive {
  return new InvalidArchive('The source distribution has no PKG-INFO in its top folder.');
}
