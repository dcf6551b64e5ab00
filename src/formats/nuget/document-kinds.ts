import type { DocumentContent, DocumentKind, RenderContext } from '../format.ts';
import type { Hive } from './links.ts';
import { compareVersions, type NuGetVersion, parseVersion } from './nuget-version.ts';
import {
  buildPackage,
  keepVersions,
  mergePackages,
  type NuGetPackage,
  type PackageEntry,
  versionsOf,
} from './package-entries.ts';
import { parseRegistration } from './registration-parse.ts';
import { entriesIn, writeIndex, writeLeaf, writePage } from './registration-text.ts';

/** One way of writing a package; all are made from the same. */
type Kind = DocumentKind<NuGetPackage>;

const json = 'application/json';

function kind(id: string, render: (nuget: NuGetPackage, base: string) => DocumentContent['parts']): Kind {
  return {
    id,
    reads: 'summary',
    build: buildPackage,
    parse: parseRegistration,
    versions: versionsOf,
    keep: keepVersions,
    merge: mergePackages,
    render: (nuget: NuGetPackage, { base }: RenderContext) => ({ mediaType: json, parts: render(nuget, base) }),
  };
}

function registrationKind(hive: Hive): Kind {
  return kind(`nuget-registration-1 ${hive}`, (nuget, base) => writeIndex(nuget, { base, hive }));
}

/** `index.json` of each hive. */
export const registrationKinds: Readonly<Record<Hive, Kind>> = {
  plain: registrationKind('plain'),
  gzip: registrationKind('gzip'),
  semver2: registrationKind('semver2'),
};

/** The page from `lower` to `upper`: what lies between them now, which may be more or less than when the page was named. */
export function pageKind(hive: Hive, lower: NuGetVersion, upper: NuGetVersion): Kind {
  return kind(`nuget-registration-page-1 ${hive} ${lower.key} ${upper.key}`, (nuget, base) =>
    writePage(nuget, entriesBetween(nuget, hive, lower, upper), { base, hive }),
  );
}

export function leafKind(hive: Hive, version: NuGetVersion): Kind {
  return kind(`nuget-registration-leaf-1 ${hive} ${version.key}`, (nuget, base) => {
    const entry = nuget.entries.find(({ parsed }) => parsed.key === version.key);
    return entry === undefined ? ['{}'] : writeLeaf(entry, { base, hive });
  });
}

export function entriesBetween(
  nuget: NuGetPackage,
  hive: Hive,
  lower: NuGetVersion,
  upper: NuGetVersion,
): readonly PackageEntry[] {
  return entriesIn(nuget, { hive }).filter(
    ({ parsed }) => compareVersions(parsed, lower) >= 0 && compareVersions(parsed, upper) <= 0,
  );
}

/** `{"versions":["1.0.0"]}`: every version there is, unlisted ones too. */
export const flatContainer: Kind = {
  ...kind('nuget-flat-container-1', ({ entries }) => [
    JSON.stringify({ versions: entries.map(({ parsed }) => parsed.key) }),
  ]),
  parse(text) {
    const { versions } = JSON.parse(text) as { versions: readonly string[] };
    const entries = versions.flatMap((version) => {
      const parsed = parseVersion(version);
      return parsed === null ? [] : [bareEntry(parsed)];
    });
    return { id: '', entries };
  },
};

/** Of a version that only its name is known of. */
function bareEntry(parsed: NuGetVersion): PackageEntry {
  const fragment = JSON.stringify({ version: parsed.full });
  return { stamp: parsed.key, parsed, semVer2: false, listed: true, deprecation: null, publishedAt: null, fragment };
}
