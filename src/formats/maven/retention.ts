import { highest, isNewer } from './snapshot-builds.ts';
import { parseFileName, type SnapshotBuild } from './file-name.ts';
import type { FilePath } from './path.ts';

type NamedFile = { readonly id: number; readonly name: string };

/**
 * Ids of the files of all builds but the newest `kept`. The one with the highest number stays too, so that the next
 * deploy counts on from it.
 */
export function oldBuilds({ artifactId, version }: FilePath, files: readonly NamedFile[], kept: number): number[] {
  const builds = new Map<string, SnapshotBuild>();
  const buildOf = new Map<number, string>();
  for (const { id, name } of files) {
    const build = parseFileName(artifactId, version.key, name)?.build ?? null;
    if (build === null) continue;
    builds.set(keyOf(build), build);
    buildOf.set(id, keyOf(build));
  }
  const inOrder = [...builds.values()].sort((a, b) => (isNewer(a, b) ? -1 : 1));
  const staying = new Set(inOrder.slice(0, kept).map(keyOf));
  const last = highest(inOrder);
  if (last !== null) staying.add(keyOf(last));
  return [...buildOf].filter(([, key]) => !staying.has(key)).map(([id]) => id);
}

function keyOf({ timestamp, number }: SnapshotBuild): string {
  return `${timestamp}-${number}`;
}
