import { problem } from '../../problems/problem.ts';
import type { Name, VersionName } from '../../registry/model.ts';
import { type NuGetVersion, parseVersion } from './nuget-version.ts';

/** Words of letters, digits and `_`, joined by one `.` or `-`; of ASCII, where nuget.org takes any script. */
const idForm = /^\w+(?:[.-]\w+)*$/;
const longestId = 100;
/** nuget.org's limit, of the normal form without metadata. */
const longestVersion = 64;

export function isPackageId(text: string): boolean {
  return text.length <= longestId && idForm.test(text);
}

/** Ids are equal ignoring case. The part before the first dot is the prefix that may be reserved for somebody. */
export function nameOf(id: string): Name {
  if (!isPackageId(id)) {
    throw problem(
      'invalid-name',
      'A package id has at most 100 letters, digits, dots, dashes and underscores, and no two dots or dashes together.',
    );
  }
  const dot = id.indexOf('.');
  return { key: id.toLowerCase(), display: id, namespace: dot < 0 ? null : id.slice(0, dot) };
}

/** Equal by normal form in lower case; shown with its metadata. */
export function versionNameOf(version: NuGetVersion): VersionName {
  return { key: version.key, display: version.full };
}

/** A version in a request; whatever spelling it has, it finds the one that equals it. */
export function readVersion(text: string): NuGetVersion {
  const version = parseVersion(text);
  if (version === null || version.key.length > longestVersion) {
    throw problem('invalid-version', 'A version is one to four numbers and, after a dash, labels: 1.2.3-beta.4.');
  }
  return version;
}

export function packageFileName(name: Name, version: VersionName, ending: '.nupkg' | '.snupkg' | '.nuspec'): string {
  return ending === '.nuspec' ? `${name.key}${ending}` : `${name.key}.${version.key}${ending}`;
}
