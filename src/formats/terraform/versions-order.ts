import compareBuild from 'semver/functions/compare-build.js';
import prerelease from 'semver/functions/prerelease.js';
import validSemver from 'semver/functions/valid.js';

/** SemVer's order, build metadata last; what isn't a version comes before everything. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [validSemver(a), validSemver(b)];
  if (left === null || right === null)
    return Number(left !== null) - Number(right !== null) || (a < b ? -1 : Number(a > b));
  return compareBuild(a, b);
}

/** The highest release; the highest of all when there are prereleases only; `null` of none. */
export function latestOf(versions: readonly string[]): string | null {
  const sorted = versions.toSorted(compareVersions);
  return sorted.findLast((version) => prerelease(version) === null) ?? sorted.at(-1) ?? null;
}
