import { problem } from '../../problems/problem.ts';
import type { FormatRequest, RegistryPort } from '../format.ts';
import { isPrerelease, type NuGetVersion, compareVersions, parseVersion } from './nuget-version.ts';
import { listedFor, type NuGetPackage } from './package-entries.ts';
import { packagesOf } from './v2-contents.ts';
import { flagParameter, textParameter, type V2Query } from './v2-query.ts';
import type { V2Row } from './v2-row.ts';
import type { V2Source } from './v2-select.ts';
import { anyVersion, parseRange, satisfies, type VersionRange } from './version-range.ts';

/** A package that the client has, and what it would take instead. */
interface Installed {
  readonly version: NuGetVersion;
  readonly allowed: VersionRange;
}

const mostPackages = 500;

/**
 * `GetUpdates()?packageIds='a|b'&versions='1.0|2.0'&includePrerelease=false&includeAllVersions=false`: newer listed versions
 * of each, the newest alone unless all are asked for; `versionConstraints` bounds them. Frameworks are the client's matter.
 */
export function updates(request: FormatRequest, registry: RegistryPort, { semVer2 }: V2Query): V2Source {
  const installed = readInstalled(request);
  const prerelease = flagParameter(request, 'includePrerelease');
  const all = flagParameter(request, 'includeAllVersions');
  const newestOnly = new Set<string>();
  const admits = ({ entry, of }: V2Row): boolean => {
    const known = installed.get(of.key) ?? [];
    const wanted = entry.listed && (prerelease || !isPrerelease(entry.parsed)) && isNewer(entry.parsed, known);
    return wanted && (all || newestOnly.has(`${of.key} ${entry.parsed.key}`));
  };
  async function* remembering(): AsyncGenerator<NuGetPackage> {
    for await (const nuget of packagesOf(registry, [...installed.keys()])) {
      const key = nuget.id.toLowerCase();
      for (const known of installed.get(key) ?? []) {
        const newest = listedFor(nuget, { prerelease, semVer2 }).findLast(({ parsed }) => isNewer(parsed, [known]));
        if (newest !== undefined) newestOnly.add(`${key} ${newest.parsed.key}`);
      }
      yield nuget;
    }
  }
  return { packages: remembering(), admits, byId: false };
}

function isNewer(version: NuGetVersion, known: readonly Installed[]): boolean {
  return known.some((one) => compareVersions(version, one.version) > 0 && satisfies(version, one.allowed));
}

function readInstalled(request: FormatRequest): ReadonlyMap<string, readonly Installed[]> {
  const ids = listIn(request, 'packageIds');
  const versions = listIn(request, 'versions');
  const constraints = listIn(request, 'versionConstraints');
  if (ids.length !== versions.length || ids.length > mostPackages) {
    throw problem('invalid-parameter', `GetUpdates() takes packageIds and as many versions, at most ${mostPackages}.`);
  }
  const installed = new Map<string, Installed[]>();
  for (const [index, id] of ids.entries()) {
    const version = parseVersion(versions[index] ?? '');
    const constraint = constraints[index] ?? '';
    const allowed = constraint === '' ? anyVersion : parseRange(constraint);
    if (version === null || allowed === null) {
      throw problem('invalid-parameter', 'versions or versionConstraints hold what is no version or range.');
    }
    const key = id.toLowerCase();
    installed.set(key, [...(installed.get(key) ?? []), { version, allowed }]);
  }
  return installed;
}

function listIn(request: FormatRequest, name: string): readonly string[] {
  const text = textParameter(request, name);
  return text === '' ? [] : text.split('|').map((part) => part.trim());
}
