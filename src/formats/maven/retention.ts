import { parseFileName } from './file-name.ts';
import type { FilePath } from './path.ts';
import { buildKey, buildsOf, highest, isNewer } from './snapshot-builds.ts';

type NamedFile = { readonly id: number; readonly name: string };

export interface Retention {
  /** How many builds stay. */
  readonly kept: number;
  /** Whether a POM is all that a build has; otherwise one that has no more yet is not counted. */
  readonly pomsCount: boolean;
}

/**
 * Ids of the files of all builds but the newest. The one with the highest number stays too, so that the next deploy counts
 * on from it, and so does what is newer than the last that counts.
 */
export function oldBuilds(
  { artifactId, version }: FilePath,
  files: readonly NamedFile[],
  { kept, pomsCount }: Retention,
): number[] {
  const { all, begun } = buildsOf(
    artifactId,
    version.key,
    files.map(({ name }) => name),
  );
  const staying = new Set<string>();
  let counted = 0;
  for (const build of [...all.values()].sort((a, b) => (isNewer(a, b) ? -1 : 1))) {
    if (counted === kept) break;
    staying.add(buildKey(build));
    if (pomsCount || !begun.has(buildKey(build))) counted++;
  }
  const last = highest([...all.values()]);
  if (last !== null) staying.add(buildKey(last));
  return files
    .filter(({ name }) => {
      const build = parseFileName(artifactId, version.key, name)?.build ?? null;
      return build !== null && !staying.has(buildKey(build));
    })
    .map(({ id }) => id);
}
