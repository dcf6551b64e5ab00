import type { NuGetManifest } from './manifest.ts';
import { isPrerelease } from './nuget-version.ts';
import { listedFor, manifestOf, type NuGetPackage, type PackageEntry } from './package-entries.ts';

/** A version as V2 feeds know it: one entity `V2FeedPackage`. */
export interface V2Row {
  readonly entry: PackageEntry;
  readonly manifest: NuGetManifest;
  /** Highest listed release of its package, or highest of all listed: of those that the client can read. */
  readonly isLatest: boolean;
  readonly isAbsoluteLatest: boolean;
  readonly of: V2Package;
}

/** What the rows of one package share. */
export interface V2Package {
  readonly key: string;
  /** URL of the mount, without trailing slash. */
  readonly base: string;
  /** By version key; empty until they are asked for. */
  downloads: ReadonlyMap<string, number>;
}

/** The versions that such a client can read, ascending, unlisted ones among them. */
export function rowsOf(nuget: NuGetPackage, semVer2: boolean, base: string): readonly V2Row[] {
  const listed = listedFor(nuget, { prerelease: true, semVer2 });
  const newest = listed.at(-1);
  const of: V2Package = { key: nuget.id.toLowerCase(), base, downloads: new Map() };
  const newestRelease = listed.findLast(({ parsed }) => !isPrerelease(parsed));
  return nuget.entries
    .filter((entry) => semVer2 || !entry.semVer2)
    .map((entry) => new Row(entry, entry === newestRelease, entry === newest, of));
}

/** Of thousands of manifests only those are read that are looked at. */
class Row implements V2Row {
  readonly entry: PackageEntry;
  readonly isLatest: boolean;
  readonly isAbsoluteLatest: boolean;
  readonly of: V2Package;
  #manifest: NuGetManifest | null = null;

  constructor(entry: PackageEntry, isLatest: boolean, isAbsoluteLatest: boolean, of: V2Package) {
    this.entry = entry;
    this.isLatest = isLatest;
    this.isAbsoluteLatest = isAbsoluteLatest;
    this.of = of;
  }

  get manifest(): NuGetManifest {
    this.#manifest ??= manifestOf(this.entry);
    return this.#manifest;
  }
}
