import { isCompanion, isPom } from './completeness.ts';
import { parseFileName, type SnapshotBuild } from './file-name.ts';

/** By time, of one second by number. */
export function isNewer(a: SnapshotBuild, b: SnapshotBuild): boolean {
  return a.timestamp === b.timestamp ? a.number > b.number : a.timestamp > b.timestamp;
}

/** The highest number, of several the latest: numbers only grow, even when clocks disagree. */
export function highest(builds: readonly SnapshotBuild[]): SnapshotBuild | null {
  let found: SnapshotBuild | null = null;
  for (const build of builds) {
    const isHigher =
      found === null || build.number > found.number || (build.number === found.number && isNewer(build, found));
    if (isHigher) found = build;
  }
  return found;
}

export function newest(builds: readonly SnapshotBuild[]): SnapshotBuild | null {
  let found: SnapshotBuild | null = null;
  for (const build of builds) if (found === null || isNewer(build, found)) found = build;
  return found;
}

/** What a build is called in file names: `20260102.030405-6`. */
export function buildKey({ timestamp, number }: SnapshotBuild): string {
  return `${timestamp}-${number}`;
}

export interface Builds {
  /** By their keys. */
  readonly all: ReadonlyMap<string, SnapshotBuild>;
  /** Keys of those that have no more than a POM: the rest is on its way, or never came. */
  readonly begun: ReadonlySet<string>;
}

/** The builds that files of a snapshot version are of. */
export function buildsOf(artifactId: string, version: string, names: Iterable<string>): Builds {
  const all = new Map<string, SnapshotBuild>();
  const begun = new Set<string>();
  const others = new Set<string>();
  for (const name of names) {
    const file = parseFileName(artifactId, version, name);
    if (file === null || file.build === null) continue;
    const key = buildKey(file.build);
    all.set(key, file.build);
    if (!isPom(file) && !isCompanion(file)) others.add(key);
  }
  for (const key of all.keys()) if (!others.has(key)) begun.add(key);
  return { all, begun };
}
