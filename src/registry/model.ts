/**
 * The words every format shares. Types only: a format may import this file, and nothing here has an effect.
 */
import type { StagedFile } from '../blobs/blob-store.ts';
import type { FileRole, StoredFile } from '../catalog/files.ts';
import type { PackageStanding, PackageStatus, Person, SourceVersion } from '../catalog/version-shape.ts';

export type { Advisory, Severity } from '../catalog/advisory-shape.ts';
export type { FileRole, StoredFile } from '../catalog/files.ts';
export type {
  PackageStanding,
  PackageStatus,
  Person,
  SourceFile,
  SourceVersion,
  Standing,
} from '../catalog/version-shape.ts';
export type { StagedFile } from '../blobs/blob-store.ts';
export type { Digests, PromisedDigests } from '../lib/digests.ts';

/** A package name as one format understands it. `key` decides equality; collation of a column never does. */
export interface Name {
  /** Unique per project and format: npm as is, PyPI and NuGet normalised, Maven the folder, `com/example/lib`. */
  readonly key: string;
  /** As the publisher wrote it. */
  readonly display: string;
  /** npm scope (without `@`), Maven groupId, NuGet id prefix, Terraform namespace; `null` where there is none. */
  readonly namespace: string | null;
}

/** A version: `key` is the normal form that decides equality, `display` what clients are shown. */
export interface VersionName {
  readonly key: string;
  readonly display: string;
}

export interface PublishedFile {
  /** File name as downloaded; may hold `/` (Generic sub-paths). */
  readonly name: string;
  readonly role: FileRole;
  readonly staged: StagedFile;
  /**
   * Names that must be unique inside the package carry a key here (PyPI file names); `null` lets the same name be
   * uploaded again, the newest answering (Generic).
   */
  readonly uniqueKey: string | null;
  /** JSON text, owned by the format: what it knows of this file alone. */
  readonly details?: string | null;
  readonly ifExists?: IfFileExists;
}

/**
 * What becomes of a file whose unique key is taken in the package or, without one, whose name is taken in the version.
 * `add` (when left out): another one of that name, the newest answering, where the settings allow it. `replace`: the older
 * ones go in the same transaction. `same-bytes`: the same bytes are taken as done, others refused with `file-exists`.
 * `refuse`: always refused with `file-exists`.
 */
export type IfFileExists = 'add' | 'replace' | 'same-bytes' | 'refuse';

/** One publish, complete: everything the pipeline needs to decide and to store, and nothing it must look up in a format. */
export interface Publication {
  readonly name: Name;
  readonly version: VersionName;
  /** JSON text, owned by the format: all it knows of the version. Never holds a host name. */
  readonly manifest: string;
  /** JSON text, owned by the format: the short form for index documents; `null` where the format has none. */
  readonly summary: string | null;
  readonly readme: string | null;
  readonly description: string | null;
  /** Further words to find the package by (keywords). */
  readonly keywords: readonly string[];
  readonly files: readonly PublishedFile[];
  /** Tags that shall point to this version afterwards. */
  readonly tags: readonly string[];
  /** Tags set only if the package has no such tag yet (npm's `latest` on a first publish under another tag). */
  readonly tagsIfUnset: readonly string[];
  /** What to do when the version exists: refuse (npm), add the files to it (Generic, PyPI, Maven). */
  readonly ifVersionExists: 'refuse' | 'add-files';
  /** Only with `add-files`: `version-not-found` when there is no such version, where one is made otherwise (symbols). */
  readonly ifVersionMissing?: 'refuse';
  /** Only with `add-files`: refuse when a file of that name exists already (`If-None-Match: *`). */
  readonly refuseExistingFile?: boolean;
  /** Only with `add-files`: refuse unless the newest file of that name has this SHA-256, or any with `*` (`If-Match`). */
  readonly replaceOnlySha256?: string;
  /**
   * Only with `add-files`: manifest, summary, README, description and keywords of an existing version become this
   * publication's (a POM that comes after its jar).
   */
  readonly renewVersion?: boolean;
  /** Only with `add-files`: an existing version of another status is refused with `version-exists`. */
  readonly ifStatus?: PackageStatus;
  /**
   * Only with `add-files`: ids of files that go in the same transaction, of all that the version has with this
   * publication (old builds of a snapshot).
   */
  readonly supersedes?: (files: readonly { readonly id: number; readonly name: string }[]) => readonly number[];
  /** `null` = a new version is `default`, one that exists stays what it is. */
  readonly status: PackageStatus | null;
}

export interface Published {
  readonly packageId: number;
  readonly versionId: number;
  /** Revision of the package after this publish. */
  readonly revision: number;
  readonly createdPackage: boolean;
  readonly createdVersion: boolean;
  readonly files: readonly StoredFile[];
}

/** A package of one project as the catalogue holds it: what a document is built from. Versions in order of publication. */
export interface SourcePackage {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  readonly nameKey: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly versions: readonly SourceVersion[];
  /** Tag name → version (display form). */
  readonly tags: ReadonlyMap<string, string>;
  readonly maintainers: readonly Person[];
  /** User names of those who starred the package. */
  readonly stars: readonly string[];
  /** README of the version that the format's primary tag points to. */
  readonly readme: string | null;
  /** What the owner says of the package as a whole; `null` = nothing. */
  readonly standing: PackageStanding | null;
  readonly standingReason: string | null;
}

/** One hit of a search: a package with the version its primary tag (or newest) points to. */
export interface SearchHit {
  readonly projectId: number;
  /** Full path of its project. */
  readonly projectPath: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly version: string;
  readonly description: string | null;
  readonly keywords: readonly string[];
  readonly publishedAt: number;
  readonly publisher: Person | null;
  readonly maintainers: readonly Person[];
  /** The version's manifest, JSON text. */
  readonly manifest: string;
}

export interface SearchQuery {
  /** Words that must all occur in name, description or keywords; matched literally, ignoring case. */
  readonly words: readonly string[];
  readonly namespace?: string;
  /** The package has each of these as a whole keyword, ignoring case. */
  readonly keywords?: readonly string[];
  readonly maintainer?: string;
  readonly publisher?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  readonly total: number;
}
