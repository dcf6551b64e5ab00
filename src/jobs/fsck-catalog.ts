import type { Database } from '../database/database.ts';
import type { Report } from './fsck-finding.ts';
import type { VersionRecord } from './fsck.store.ts';
import { danglingTags, orphanRows, versionRecords } from './fsck.store.ts';

/** Checks the rows among themselves; returns how many versions were looked at. */
export async function checkCatalog(database: Database, report: Report): Promise<number> {
  let versions = 0;
  for await (const version of versionRecords(database)) {
    versions += 1;
    checkVersion(version, report);
  }
  for (const { row, lacks } of await orphanRows(database)) {
    report({ kind: 'orphan-row', level: 'problem', message: `${row} refers to a ${lacks} that does not exist.` });
  }
  for (const { format, name, tag } of await danglingTags(database)) {
    const message = `The tag ${tag} of ${format ?? 'unknown'}:${name ?? 'unknown'} points to no version of the package.`;
    report({ kind: 'dangling-tag', level: 'problem', message });
  }
  return versions;
}

function checkVersion(version: VersionRecord, report: Report): void {
  const name = `${version.format}:${version.name}@${version.version}`;
  const versionIds = [version.id];
  for (const part of ['manifest', 'summary'] as const) {
    const text = version[part];
    if (text === null || isJsonObject(text)) continue;
    const message = `The ${part} of ${name} is no JSON object.`;
    report({ kind: 'unparseable-manifest', level: 'problem', message, versionIds });
  }
  const needsFiles = version.status !== 'processing' && version.status !== 'error';
  if (version.files === 0 && needsFiles) {
    report({ kind: 'version-without-files', level: 'problem', message: `${name} has no files.`, versionIds });
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
