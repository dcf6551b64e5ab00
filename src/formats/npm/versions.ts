// Its parts alone: all of semver is 48 files to read at every start.
import parse from 'semver/functions/parse.js';
import valid from 'semver/functions/valid.js';
import type { VersionName } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';

/** A version as npm equates versions: `v` and build metadata dropped; `null` when it isn't strict SemVer. */
export function cleanVersion(raw: string): string | null {
  if (raw.length > 256 || !/^v?\d/.test(raw) || /\s/.test(raw)) return null;
  return valid(raw);
}

/** Refuses with `invalid-version` what isn't SemVer 2.0: https://semver.org. */
export function parseVersion(raw: string): VersionName {
  const clean = cleanVersion(raw);
  if (clean === null)
    throw problem('invalid-version', 'Validation failed: Version should follow SemVer: https://semver.org');
  return { key: clean, display: clean };
}

/** SemVer order; what isn't SemVer comes before everything else, by code unit. */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (left !== null && right !== null) return left.compare(right);
  if (left !== null) return 1;
  if (right !== null) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where `latest` points when nobody said so: the highest release, else the highest of all; `null` of none. */
export function highestVersion(versions: Iterable<string>): string | null {
  let highest: string | null = null;
  let highestRelease: string | null = null;
  for (const version of versions) {
    if (highest === null || compareVersions(version, highest) > 0) highest = version;
    if (version.includes('-')) continue;
    if (highestRelease === null || compareVersions(version, highestRelease) > 0) highestRelease = version;
  }
  return highestRelease ?? highest;
}
