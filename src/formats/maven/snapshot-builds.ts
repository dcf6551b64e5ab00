import type { SnapshotBuild } from './file-name.ts';

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
