import { InvalidArchive, scanTarball } from '../../lib/tarball.ts';
import { openZip } from '../../lib/zip-reader.ts';
import { problem } from '../../problems/problem.ts';
import type { StagedFile } from '../../registry/model.ts';
import { largestFile, ModuleFileCollection, type ModuleFiles, placeOf } from './module-files.ts';

/** What go-getter calls the two; the file's name ends with it. */
export type ArchiveKind = 'tgz' | 'zip';

export interface ModuleArchive {
  readonly kind: ArchiveKind;
  /** Files that tell something, by folder. */
  readonly folders: ReadonlyMap<string, ModuleFiles>;
}

/** Reads through a module's archive. `invalid-archive` for what is neither kind, damaged, a bomb, or leaves its folder. */
export async function readModuleArchive(staged: StagedFile): Promise<ModuleArchive> {
  try {
    const start = await staged.read(0, 2);
    return start.toString('latin1') === 'PK' ? await readZip(staged) : await readTarball(staged);
  } catch (error) {
    if (error instanceof InvalidArchive) throw problem('invalid-archive', error.message);
    throw error;
  }
}

async function readTarball(staged: StagedFile): Promise<ModuleArchive> {
  const files = new ModuleFileCollection();
  const listener = (segments: readonly string[], entry: { type: string; size: number }) => {
    const place = entry.type === 'file' ? placeOf(segments) : null;
    if (place === null || !files.admits(entry.size)) return null;
    if (entry.size === 0) files.add(place, Buffer.alloc(0));
    const content = Buffer.alloc(entry.size);
    let length = 0;
    return (bytes: Buffer): void => {
      length += bytes.copy(content, length);
      if (length === content.length) files.add(place, content);
    };
  };
  await scanTarball(staged.bytes ?? staged.open(), listener, 'anywhere');
  return { kind: 'tgz', folders: files.folders() };
}

async function readZip(staged: StagedFile): Promise<ModuleArchive> {
  const files = new ModuleFileCollection();
  const zip = await openZip(staged, { unmarkedNames: true });
  for (const entry of zip.entries) {
    if (entry.kind === 'symbolic-link') {
      throw new InvalidArchive(`The archive has a symbolic link: ${JSON.stringify(entry.name.slice(0, 200))}.`);
    }
    const place = entry.kind === 'file' ? placeOf(entry.segments) : null;
    if (place === null || !files.admits(entry.size)) continue;
    files.add(place, await zip.readEntry(entry, largestFile));
  }
  return { kind: 'zip', folders: files.folders() };
}
