import type { SourcePackage, SourceVersion } from '../../registry/model.ts';
import { type NuGetManifest, readManifest } from './manifest.ts';
import type { DocumentVersion } from '../document-kind.ts';
import { compareVersions, isPrerelease, type NuGetVersion, parseVersion } from './nuget-version.ts';
import { type Deprecation, deprecationOf, isListed } from './standing.ts';

/** One version as the documents hold it. */
export interface PackageEntry {
  /** Identifies the content: entries alike have the same. */
  readonly stamp: string;
  readonly parsed: NuGetVersion;
  readonly semVer2: boolean;
  readonly listed: boolean;
  readonly deprecation: Deprecation | null;
  /** Milliseconds; `null` when unknown. */
  readonly publishedAt: number | null;
  /** Of other sources' versions, where they say so. */
  readonly license?: string | null;
  /** JSON text of a `NuGetManifest`; see `manifestOf`. */
  readonly fragment: string;
}

/** A package before it is written as one of its documents. */
export interface NuGetPackage {
  /** As the newest version spells it. */
  readonly id: string;
  /** Ascending, each version once. */
  readonly entries: readonly PackageEntry[];
}

export function manifestOf({ fragment }: PackageEntry): NuGetManifest {
  return readManifest(fragment);
}

/** Sorting thousands of versions anew for each document of one revision, or parsing them all for one more, would take long. */
const packages = new WeakMap<SourcePackage, NuGetPackage>();
const entries = new WeakMap<SourceVersion, PackageEntry>();

export function buildPackage(source: SourcePackage): NuGetPackage {
  const known = packages.get(source);
  if (known !== undefined) return known;
  const built = { id: source.name, entries: sorted(source.versions.flatMap((version) => entryOf(version) ?? [])) };
  packages.set(source, built);
  return built;
}

function entryOf(version: SourceVersion): PackageEntry | null {
  const known = entries.get(version);
  if (known !== undefined) return known;
  const parsed = parseVersion(version.version);
  if (parsed === null) return null;
  const entry: PackageEntry = {
    stamp: `${version.id}.${version.revision}`,
    parsed,
    semVer2: readsSemVer2(version.fragment),
    listed: isListed(version),
    deprecation: deprecationOf(version),
    publishedAt: version.publishedAt,
    fragment: version.fragment,
  };
  entries.set(version, entry);
  return entry;
}

/** The one field that every document needs stands near the start: thousands of fragments aren't parsed for it. */
const fragmentStart = /^\{"id":"[^"\\]*","version":"[^"\\]*","semVer2":(true|false),/;

function readsSemVer2(fragment: string): boolean {
  const found = fragmentStart.exec(fragment)?.[1];
  return found === undefined ? readManifest(fragment).semVer2 : found === 'true';
}

/** Versions come mostly in their order: then this looks at each once. */
export function sorted(list: readonly PackageEntry[]): readonly PackageEntry[] {
  return list.toSorted((a, b) => compareVersions(a.parsed, b.parsed));
}

/** Names versions by their normal form in lower case. */
export function versionsOf({ entries: list }: NuGetPackage): readonly DocumentVersion[] {
  return list.map(({ parsed, publishedAt, license = null }) => ({ version: parsed.key, publishedAt, license }));
}

export function keepVersions(nuget: NuGetPackage, versions: ReadonlySet<string>): NuGetPackage {
  const kept = nuget.entries.filter(({ parsed }) => versions.has(parsed.key));
  return kept.length === nuget.entries.length ? nuget : { ...nuget, entries: kept };
}

/** The earlier package wins a version and the spelling of the id; no date is lost. */
export function mergePackages(list: readonly NuGetPackage[]): NuGetPackage {
  const [first, ...others] = list as [NuGetPackage, ...NuGetPackage[]];
  if (others.length === 0) return first;
  const merged = new Map<string, PackageEntry>();
  for (const entry of list.flatMap((nuget) => nuget.entries)) {
    const { publishedAt, parsed } = entry;
    const known = merged.get(parsed.key);
    if (known === undefined) merged.set(parsed.key, entry);
    else if (known.publishedAt === null && publishedAt !== null) {
      merged.set(parsed.key, { ...known, publishedAt, stamp: `${known.stamp}@${publishedAt}` });
    }
  }
  return { id: first.id, entries: sorted([...merged.values()]) };
}

/** What a client may be shown of a package. */
export interface Shown {
  readonly prerelease: boolean;
  readonly semVer2: boolean;
}

/** The listed versions for such a client, ascending. */
export function listedFor({ entries: list }: NuGetPackage, { prerelease, semVer2 }: Shown): readonly PackageEntry[] {
  return list.filter(
    (entry) => entry.listed && (prerelease || !isPrerelease(entry.parsed)) && (semVer2 || !entry.semVer2),
  );
}
