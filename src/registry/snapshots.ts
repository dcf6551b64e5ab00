import { LRUCache } from 'lru-cache';
import { maintainersOf, starsOf } from '../catalog/people.ts';
import type { PackageRow } from '../catalog/packages.ts';
import { tagsOf } from '../catalog/tags.ts';
import { isDownloadable } from '../catalog/version-shape.ts';
import { changedVersions, readmeOf } from '../catalog/versions.ts';
import { filesOfChangedVersions } from '../catalog/files.ts';
import type { Session } from '../database/database.ts';
import type { SourcePackage, SourceVersion } from './model.ts';

export interface Reading {
  readonly reads: 'manifest' | 'summary';
  readonly readsFiles?: boolean;
}

interface Snapshot {
  readonly revision: number;
  /** Every version whatever its status, in order of publication. */
  readonly all: readonly SourceVersion[];
  readonly source: SourcePackage;
}

/**
 * Packages as last read, kept under their revision. When a package grew, only the versions that changed since are read:
 * what costs a publish of the 2,000th version is one row, not 2,000.
 */
export class Snapshots {
  readonly #session: Session;
  readonly #cache: LRUCache<string, Snapshot>;

  constructor(session: Session, maxBytes: number) {
    this.#session = session;
    this.#cache = new LRUCache({ maxSize: Math.max(1, maxBytes), sizeCalculation: sizeOf });
  }

  /** The package as of `row.revision` or later. */
  async read(row: PackageRow, reading: Reading): Promise<SourcePackage> {
    const key = `${row.id}:${reading.reads}${reading.readsFiles === true ? '+files' : ''}`;
    const known = this.#cache.get(key);
    if (known !== undefined && known.revision === row.revision) return known.source;
    const fresh = await this.#renew(row, reading, known);
    this.#cache.set(key, fresh);
    return fresh.source;
  }

  async #renew(row: PackageRow, reading: Reading, known: Snapshot | undefined): Promise<Snapshot> {
    const amendable = known !== undefined && row.removalRevision <= known.revision && known.revision < row.revision;
    const since = amendable ? known.revision : 0;
    // Tags before versions: a publish that commits between the two adds a version, never a tag without one.
    const tags = await tagsOf(this.#session, row.id);
    const changed = await this.#changed(row.id, since, reading);
    const maintainers = await maintainersOf(this.#session, row.id);
    const stars = await starsOf(this.#session, row.id);
    const readme = await readmeOf(this.#session, row.id);
    const all = amendable ? amend(known.all, changed) : changed;
    const versions = all.filter((version) => isDownloadable(version.status));
    const shown = new Set(versions.map((version) => version.version));
    for (const [tag, version] of tags) if (!shown.has(version)) tags.delete(tag);
    const source: SourcePackage = {
      id: row.id,
      projectId: row.projectId,
      name: row.name,
      nameKey: row.nameKey,
      revision: row.revision,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      versions,
      tags,
      maintainers,
      stars,
      readme,
      standing: row.standing,
      standingReason: row.standingReason,
    };
    return { revision: row.revision, all, source };
  }

  async #changed(packageId: number, since: number, { reads, readsFiles }: Reading): Promise<readonly SourceVersion[]> {
    const versions = await changedVersions(this.#session, packageId, since, reads);
    // After the versions: a file that comes in between shows early, and again when its version has changed.
    const files =
      readsFiles === true && versions.length > 0
        ? await filesOfChangedVersions(this.#session, packageId, since)
        : undefined;
    return versions.map((version) => ({ ...version, files: files?.get(version.id) ?? [] }));
  }
}

/** What one version takes in memory, about. */
function weightOf({ fragment, files }: SourceVersion): number {
  let bytes = fragment.length + 300;
  for (const { name, details } of files) bytes += name.length + (details?.length ?? 0) + 450;
  return bytes;
}

/** Replaces versions by id and appends new ones; ids grow in order of publication. */
function amend(known: readonly SourceVersion[], changed: readonly SourceVersion[]): readonly SourceVersion[] {
  if (changed.length === 0) return known;
  const last = known.at(-1)?.id ?? 0;
  const replaced = new Map(changed.filter((version) => version.id <= last).map((version) => [version.id, version]));
  const kept = replaced.size === 0 ? known : known.map((version) => replaced.get(version.id) ?? version);
  return [...kept, ...changed.filter((version) => version.id > last)];
}

function sizeOf(snapshot: Snapshot): number {
  let bytes = 1_000 + (snapshot.source.readme?.length ?? 0);
  for (const version of snapshot.all) bytes += weightOf(version);
  return bytes;
}
