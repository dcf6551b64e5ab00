import { InvalidArchive } from '../../lib/invalid-archive.ts';
import type { ZipEntry } from '../../lib/zip-reader.ts';

/**
 * Compares a wheel's `RECORD` with what the archive holds. Installers go by one or by the other: a file in one of them only
 * is installed by some and not by others. Digests in it are left to them.
 * https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
 */
export function checkRecord(record: string, entries: readonly ZipEntry[], folder: string): void {
  const recorded = new Set(record.split(/\r?\n/).map(pathOf));
  recorded.delete('');
  // These sign the record, and can't be in it.
  const unrecorded = new Set(['RECORD', 'RECORD.jws', 'RECORD.p7s'].map((name) => `${folder}/${name}`));
  for (const { name, kind } of entries) {
    if (kind === 'folder' || recorded.delete(name) || unrecorded.has(name)) continue;
    throw new InvalidArchive(`The wheel's RECORD does not list ${JSON.stringify(name.slice(0, 200))}.`);
  }
  for (const name of recorded) {
    if (unrecorded.has(name)) continue;
    throw new InvalidArchive(`The wheel's RECORD lists ${JSON.stringify(name.slice(0, 200))}, which is not in it.`);
  }
}

/** The first column of a line of CSV, separators as the archive has them. */
function pathOf(line: string): string {
  const quoted = /^"((?:[^"]|"")*)"/.exec(line);
  const path = quoted === null ? line.slice(0, line.includes(',') ? line.indexOf(',') : line.length) : quoted[1];
  return (path ?? '').replaceAll('""', '"');
}
