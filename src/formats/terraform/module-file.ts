import { problem } from '../../problems/problem.ts';
import type { Name, StoredFile } from '../../registry/model.ts';
import type { FileReply, RegistryPort } from '../format.ts';
import type { ArchiveKind } from './module-archive.ts';
import { type ListedVersion, moduleVersions } from './version-list.ts';
import { latestOf } from './versions-order.ts';

/** GitLab's name of a module's archive. */
export function archiveName(name: Name, version: string, kind: ArchiveKind): string {
  return `${name.key.replace('/', '-')}-${version}.${kind}`;
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
  { version, archive }: ListedVersion,
): Promise<StoredFile> {
  return registry.file(name, { versionKey: version, fileName: archiveName(name, version, archive) });
}

export function archiveReply(file: StoredFile): FileReply {
  return { file, mediaType: 'application/octet-stream', downloadName: file.name, mutable: false, redirectable: true };
}
