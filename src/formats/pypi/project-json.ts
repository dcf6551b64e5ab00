import type { SourcePackage, SourceVersion } from '../../registry/model.ts';
import { distributionsOf, type FileDetails } from './stored-files.ts';
import { parseVersion } from './version-order.ts';

/** One file as the JSON API lists it. */
export interface JsonFile extends Pick<FileDetails, 'packageType' | 'pythonVersion' | 'requiresPython' | 'comment'> {
  readonly fileName: string;
  readonly sha256: string;
  readonly md5: string | null;
  readonly blake2b256: string | null;
  readonly size: number;
  /** Milliseconds since the epoch; `null` when unknown. */
  readonly uploadedAt: number | null;
}

/** One version with its files. */
export interface JsonRelease {
  /** Identifies the content: releases alike have the same. */
  readonly id: string;
  readonly version: string;
  /** JSON text of an object with core metadata, as `version-record.ts` writes it. */
  readonly info: string;
  /** The reason, which may be empty; `null` = not yanked. */
  readonly yanked: string | null;
  readonly files: readonly JsonFile[];
}

/** What the JSON API says of a project. */
export interface ProjectJson {
  /** Normalised. */
  readonly name: string;
  /** Of the project as a whole. */
  readonly description: string | null;
  /** In order of version, each with files. */
  readonly releases: readonly JsonRelease[];
}

export function buildProjectJson({ nameKey, readme, versions, standing }: SourcePackage): ProjectJson {
  const shown = standing === 'quarantined' ? [] : versions.filter(({ status }) => status !== 'hidden');
  return { name: nameKey, description: readme, releases: inOrder(shown.map(releaseOf)) };
}

const known = new WeakMap<SourceVersion, JsonRelease>();

function releaseOf(version: SourceVersion): JsonRelease {
  const made = known.get(version) ?? {
    id: `${version.id}.${version.revision}`,
    version: version.version,
    info: version.fragment,
    yanked: version.standing === 'yanked' ? (version.standingReason ?? '') : null,
    files: distributionsOf(version).map(({ file, details }) => ({
      ...details,
      fileName: file.name,
      sha256: file.digests.sha256,
      md5: file.digests.md5,
      size: file.size,
      uploadedAt: file.createdAt,
    })),
  };
  known.set(version, made);
  return made;
}

/** Versions in order; those without files are left out. */
export function inOrder(releases: readonly JsonRelease[]): readonly JsonRelease[] {
  return releases
    .filter(({ files }) => files.length > 0)
    .map((release) => ({ release, order: parseVersion(release.version)?.order ?? '' }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ release }) => release);
}

export function publicationDate({ files }: JsonRelease): number | null {
  const dates = files.map(({ uploadedAt }) => uploadedAt).filter((date) => date !== null);
  return dates.length === 0 ? null : Math.min(...dates);
}

export function keepReleases(project: ProjectJson, kept: ReadonlySet<string>): ProjectJson {
  return { ...project, releases: project.releases.filter(({ version }) => kept.has(version)) };
}

/** The earlier project wins a version; dates that it doesn't know are taken from the later. */
export function mergeProjectJson(projects: readonly ProjectJson[]): ProjectJson {
  const [first] = projects;
  if (first === undefined) throw new Error('nothing to merge');
  if (projects.length === 1) return first;
  const merged = new Map<string, JsonRelease>();
  for (const release of projects.flatMap(({ releases }) => releases)) {
    const key = parseVersion(release.version)?.key ?? release.version;
    const earlier = merged.get(key);
    merged.set(key, earlier === undefined ? release : dated(earlier, publicationDate(release)));
  }
  const description = projects.map((project) => project.description).find((text) => text !== null) ?? null;
  return { name: first.name, description, releases: inOrder([...merged.values()]) };
}

function dated(release: JsonRelease, date: number | null): JsonRelease {
  if (date === null || publicationDate(release) !== null) return release;
  const files = release.files.map((file) => ({ ...file, uploadedAt: file.uploadedAt ?? date }));
  return { ...release, id: `${release.id}@${date}`, files };
}

/** The version that stands for the project: the newest that is neither yanked nor a pre-release, as far as there is one. */
export function latestRelease({ releases }: ProjectJson): JsonRelease | null {
  const offered = releases.filter(({ yanked }) => yanked === null);
  const final = offered.findLast(({ version }) => parseVersion(version)?.prerelease === false);
  return final ?? offered.at(-1) ?? releases.at(-1) ?? null;
}
