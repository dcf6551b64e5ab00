import { problem } from '../../problems/problem.ts';
import type { PackageStanding, SourcePackage } from '../../registry/model.ts';
import type { DocumentVersion } from '../document-kind.ts';
import { entryOf } from './stored-files.ts';
import { parseVersion } from './version-order.ts';

/** One file as the pages of the simple API list it. */
export interface SimpleFile {
  /** Identifies the content: entries alike have the same. */
  readonly id: string;
  readonly fileName: string;
  /** Of the release that it belongs to, as shown. */
  readonly version: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes; `null` when a page doesn't say. */
  readonly size: number | null;
  /** Milliseconds since the epoch; `null` when a page doesn't say. */
  readonly uploadedAt: number | null;
  /** Of other indexes' files, where their metadata was asked. */
  readonly license?: string | null;
  readonly requiresPython: string | null;
  /** The reason, which may be empty; `null` = not yanked. */
  readonly yanked: string | null;
  /** SHA-256 of the core metadata that is served beside the file, `true` when unknown, `null` = there is none. */
  readonly metadata: string | true | null;
  readonly isSigned: boolean;
  /** `ours` = beside the file; else where another index keeps it; `null` = there is none. */
  readonly provenance: string | null;
  /** Where another index has the file, as it wrote it, without fragment; `null` for our own. */
  readonly source: string | null;
}

/** PEP 792: https://packaging.python.org/en/latest/specifications/project-status-markers/. */
export interface ProjectStatus {
  readonly status: PackageStanding;
  readonly reason: string | null;
}

/** What the simple API says of one project. */
export interface SimpleProject {
  /** Normalised. */
  readonly name: string;
  /** `null` = active. */
  readonly status: ProjectStatus | null;
  /** In order of version, then of file name. */
  readonly files: readonly SimpleFile[];
}

export function buildSimpleProject({ nameKey, versions, standing, standingReason }: SourcePackage): SimpleProject {
  const shown = versions.filter(({ status }) => status !== 'hidden').map(entryOf);
  return {
    name: nameKey,
    status: standing === null ? null : { status: standing, reason: standingReason },
    // What is in quarantine is offered to nobody.
    files: standing === 'quarantined' ? [] : shown.sort(byOrder).flatMap(({ files }) => files),
  };
}

/** Nothing to offer looks like nothing there; what is in quarantine says so. */
export function checkOffered({ name, status, files }: SimpleProject): void {
  if (files.length > 0 || status?.status === 'quarantined') return;
  throw problem('package-not-found', `There is no file of ${name} here.`);
}

export function versionsOf({ files }: SimpleProject): readonly DocumentVersion[] {
  const dates = new Map<string, number | null>();
  const licenses = new Map(files.map(({ version, license = null }) => [version, license]));
  for (const { version, uploadedAt } of files) {
    const known = dates.get(version) ?? null;
    dates.set(version, known === null || uploadedAt === null ? (known ?? uploadedAt) : Math.min(known, uploadedAt));
  }
  return Array.from(dates, ([version, publishedAt]) => {
    return { version, publishedAt, license: licenses.get(version) ?? null };
  });
}

export function keepVersions(project: SimpleProject, kept: ReadonlySet<string>): SimpleProject {
  return { ...project, files: project.files.filter(({ version }) => kept.has(version)) };
}

/** Wheels are added to releases long after: each file has its own date. */
export function keepFiles(
  project: SimpleProject,
  isKept: (file: { readonly version: string; readonly publishedAt: number | null }) => boolean,
): { doc: SimpleProject; hidden: readonly string[] } {
  const kept = project.files.filter(({ version, uploadedAt }) => isKept({ version, publishedAt: uploadedAt }));
  if (kept.length === project.files.length) return { doc: project, hidden: [] };
  const left = new Set(kept);
  const hidden = project.files.filter((file) => !left.has(file)).map(({ fileName }) => fileName);
  return { doc: { ...project, files: kept }, hidden };
}

/**
 * The earlier project wins a whole version: files of a version that came from several places could be an attack on one of
 * them. Dates that it doesn't know are taken from the later.
 */
export function mergeProjects(projects: readonly SimpleProject[]): SimpleProject {
  const [first] = projects;
  if (first === undefined) throw new Error('nothing to merge');
  if (projects.length === 1) return first;
  const dates = datesByRelease(projects);
  const taken = new Set<string>();
  const files: SimpleFile[] = [];
  for (const project of projects) {
    const own = project.files.filter(({ version }) => !taken.has(releaseKey(version)));
    for (const file of own) files.push(dated(file, dates));
    for (const { version } of own) taken.add(releaseKey(version));
  }
  return { ...first, files: inOrder(files) };
}

/** By version, then by file name. */
export function inOrder(files: readonly SimpleFile[]): readonly SimpleFile[] {
  return files
    .map((file) => ({ file, order: parseVersion(file.version)?.order ?? '' }))
    .sort((a, b) => byOrder(a, b) || compareText(a.file.fileName, b.file.fileName))
    .map(({ file }) => file);
}

function byOrder(a: { readonly order: string }, b: { readonly order: string }): number {
  return compareText(a.order, b.order);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Equal for versions that are one release. */
function releaseKey(version: string): string {
  return parseVersion(version)?.key ?? version;
}

function datesByRelease(projects: readonly SimpleProject[]): ReadonlyMap<string, number> {
  const dates = new Map<string, number>();
  for (const { version, publishedAt } of projects.flatMap(versionsOf)) {
    const key = releaseKey(version);
    if (publishedAt !== null && !dates.has(key)) dates.set(key, publishedAt);
  }
  return dates;
}

function dated(file: SimpleFile, dates: ReadonlyMap<string, number>): SimpleFile {
  if (file.uploadedAt !== null) return file;
  const date = dates.get(releaseKey(file.version)) ?? null;
  return date === null ? file : { ...file, uploadedAt: date, id: `${file.id}@${date}` };
}
