/** Package status, GitLab's words. `default` and `hidden` are downloadable; `hidden` is not listed. */
export type PackageStatus = 'default' | 'hidden' | 'processing' | 'error' | 'deprecated';

/** What a version's owner says of it: npm deprecated, PyPI yanked, NuGet unlisted. */
export type Standing = 'deprecated' | 'yanked' | 'unlisted';

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
}

/** Statuses that clients may download. */
export function isDownloadable(status: PackageStatus): boolean {
  return status === 'default' || status === 'hidden' || status === 'deprecated';
}
