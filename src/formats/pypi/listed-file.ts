import { createHash } from 'node:crypto';
import { normalizeName, parseSdistName, parseWheelName } from './file-names.ts';
import { inOrder, type SimpleFile } from './simple-project.ts';
import type { PythonVersion } from './version-order.ts';

/** A file as a page of another index has it. */
export type ListedFile = Omit<SimpleFile, 'id' | 'version'>;

/** Files in order, with the releases they belong to; those whose name says nothing of a version are left out. */
export function withVersions(files: readonly ListedFile[], project: string): readonly SimpleFile[] {
  const spellings = new Map<string, string>();
  const named = files.flatMap((file) => {
    const version = versionOf(file.fileName, project);
    if (version === null) return [];
    // One release has one name, though its files may spell it in several ways.
    const spelling = spellings.get(version.key) ?? version.normalized;
    spellings.set(version.key, spelling);
    return [{ ...file, id: idOf(file), version: spelling }];
  });
  return inOrder(named);
}

function versionOf(fileName: string, project: string): PythonVersion | null {
  const wheel = parseWheelName(fileName);
  if (wheel !== null) return normalizeName(wheel.name) === project ? wheel.version : null;
  return parseSdistName(fileName, project)?.version ?? null;
}

/** Everything that is shown of it counts: the same file may be yanked the next day. */
function idOf(file: ListedFile): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('base64url').slice(0, 22);
}

export const sha256Form = /^[0-9a-f]{64}$/;
