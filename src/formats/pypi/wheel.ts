import { InvalidArchive } from '../../lib/invalid-archive.ts';
import { openZip, type Zip, type ZipEntry } from '../../lib/zip-reader.ts';
import type { StagedFile } from '../../registry/model.ts';
import { type ArchiveMetadata, maxMetadata } from './core-metadata.ts';
import type { DistributionName } from './distribution-name.ts';
import { normalizeName } from './file-names.ts';
import { checkRecord } from './wheel-record.ts';
import { parseVersion } from './version-order.ts';

const maxRecord = 16 * 1024 ** 2;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A wheel: a ZIP archive with one `.dist-info` folder, named like the wheel, that has `METADATA`, `WHEEL` and `RECORD`.
 * https://packaging.python.org/en/latest/specifications/binary-distribution-format/
 */
export async function readWheel(staged: StagedFile, name: DistributionName): Promise<ArchiveMetadata> {
  const zip = await openZip(staged);
  const folder = distInfoFolder(zip, name);
  entryOf(zip, `${folder}/WHEEL`);
  const record = await zip.readEntry(entryOf(zip, `${folder}/RECORD`), maxRecord);
  checkRecord(decoded(record, 'RECORD'), zip.entries, folder);
  const bytes = await zip.readEntry(entryOf(zip, `${folder}/METADATA`), maxMetadata);
  return { text: decoded(bytes, 'METADATA'), bytes };
}

function distInfoFolder({ entries }: Zip, { fileName, version }: DistributionName): string {
  const folders = new Set(entries.map(({ segments }) => segments[0] ?? '').filter((top) => top.endsWith('.dist-info')));
  const [folder] = folders;
  if (folder === undefined || folders.size > 1) throw new InvalidArchive('A wheel has one .dist-info folder.');
  const stem = folder.slice(0, -'.dist-info'.length);
  const hyphen = stem.lastIndexOf('-');
  const isSame =
    normalizeName(stem.slice(0, hyphen)) === normalizeName(fileName.slice(0, fileName.indexOf('-'))) &&
    parseVersion(stem.slice(hyphen + 1))?.key === version.key;
  if (!isSame) throw new InvalidArchive(`The folder ${folder.slice(0, 200)} is not that of the wheel ${fileName}.`);
  return folder;
}

function entryOf(zip: Zip, name: string): ZipEntry {
  const entry = zip.find(name);
  if (entry === null) throw new InvalidArchive(`The wheel has no ${name.slice(0, 200)}.`);
  return entry;
}

function decoded(bytes: Buffer, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new InvalidArchive(`${name} in the wheel is not UTF-8.`);
  }
}
