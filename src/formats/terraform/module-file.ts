import { problem } from '../../problems/problem.ts';
import type { Name, StoredFile } from '../../registry/model.ts';
import type { FileReply, RegistryPort } from '../format.ts';
import type { ArchiveKind } from './module-archive.ts';
import { type ModuleLocation, moduleLocation } from './module-location.ts';
import { type ListedVersion, moduleVersions } from './version-list.ts';
import { latestOf } from './versions-order.ts';

/** GitLab's name of a module's archive: `name-system-version.tgz`, whatever the address begins with. */
export function archiveName({ key }: Name, version: string, kind: ArchiveKind): string {
  return `${key.split('/').slice(-2).join('-')}-${version}.${kind}`;
}

/**
 * The same of a version that another registry has. It doesn't tell the kind, so that what comes first stays the only thing
 * that is accepted for a version, also when its registry calls it something else one day.
 */
export function foreignArchiveName({ key }: Name, version: string): string {
  return `${key.split('/').slice(-2).join('-')}-${version}.archive`;
}

export interface LocatedArchive extends ModuleLocation {
  /** What the registry calls it. */
  readonly fileName: string;
}

/** Where the archive of one version is; `null` = of the latest. `version-not-found`, `package-not-found`. */
export async function locatedVersion(
  registry: RegistryPort,
  name: Name,
  wanted: string | null,
): Promise<LocatedArchive> {
  const { version, publishedAt, archive } = await listedVersion(registry, name, wanted);
  if (archive !== null) {
    return { version, publishedAt, archive, folder: '', fileName: archiveName(name, version, archive) };
  }
  const found = await registry.contents(moduleLocation(version), name);
  const [location] = found?.locations ?? [];
  if (location === undefined)
    throw problem('version-not-found', `The module ${name.display} has no archive of ${version}.`);
  return { ...location, fileName: foreignArchiveName(name, version) };
}

/** One version as this mount lists it; `null` = the latest. `version-not-found`, `package-not-found`. */
export async function listedVersion(
  registry: RegistryPort,
  name: Name,
  version: string | null,
): Promise<ListedVersion> {
  const list = await registry.contents(moduleVersions, name);
  const wanted = version ?? latestOf((list?.versions ?? []).map((one) => one.version));
  if (wanted === null) throw problem('package-not-found', `No version found for ${name.display} module.`);
  const found = list?.versions.find((one) => one.version === wanted);
  if (found === undefined) throw problem('version-not-found', `The module ${name.display} has no version ${wanted}.`);
  return found;
}

export function storedArchive(
  registry: RegistryPort,
  name: Name,
  { version, fileName }: Pick<LocatedArchive, 'version' | 'fileName'>,
): Promise<StoredFile> {
  return registry.file(name, { versionKey: version, fileName });
}

export function archiveReply(file: StoredFile, downloadName = file.name): FileReply {
  return { file, mediaType: 'application/octet-stream', downloadName, mutable: false, redirectable: true };
}
