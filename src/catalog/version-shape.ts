import type { Digests } from '../lib/digests.ts';

/** Package status, GitLab's words. `default` and `hidden` are downloadable; `hidden` is not listed. */
export type PackageStatus = 'default' | 'hidden' | 'processing' | 'error' | 'deprecated';

/** What a version's owner says of it: npm deprecated, PyPI yanked, NuGet unlisted. */
export type Standing = 'deprecated' | 'yanked' | 'unlisted';

/** What its owner says of a whole package: PyPI's project status (PEP 792). */
export type PackageStanding = 'archived' | 'quarantined' | 'deprecated';

/** A person or bot as documents show them. */
export interface Person {
  readonly username: string;
  readonly email: string | null;
}

export interface SourceVersion {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  /** The package's revision when this version last changed: with `id` it identifies the content exactly. */
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  readonly publisher: Person | null;
  /** Manifest or summary, whichever the document kind reads (`DocumentKind.reads`). */
  readonly fragment: string;
  readonly status: PackageStatus;
  readonly standing: Standing | null;
  readonly standingReason: string | null;
  /** In order of upload; empty unless the reader asks for files (`DocumentKind.readsFiles`). */
  readonly files: readonly SourceFile[];
}

/** A file as documents show it. */
export interface SourceFile {
  readonly id: number;
  readonly name: string;
  readonly role: FileRole;
  readonly size: number;
  readonly digests: Digests;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** JSON text, owned by the format; see `PublishedFile.details`. */
  readonly details: string | null;
}

/** What part a file plays in its version; formats may add their own words. */
export type FileRole = 'archive' | 'attestation' | 'signature' | 'metadata' | 'symbols' | 'asset';

/** Statuses that clients may download. */
export function isDownloadable(status: PackageStatus): boolean {
  return status === 'default' || status === 'hidden' || status === 'deprecated';
}
