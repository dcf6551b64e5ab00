import { findFile, findFileByKey } from '../catalog/files.ts';
import type { PackageRow } from '../catalog/packages.ts';
import { findVersion } from '../catalog/versions.ts';
import type { Publication, Published, PublishedFile, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';

/**
 * What to answer when every file of the publication is there already with the same bytes: a client that repeats itself
 * changes nothing, not even a revision. `null` when there is something to store, or to refuse.
 */
export async function alreadyPublished(
  binding: Binding,
  known: PackageRow | undefined,
  publication: Publication,
): Promise<Published | null> {
  if (known === undefined || publication.renewVersion === true || publication.status !== null) return null;
  if (!publication.files.every(({ ifExists }) => ifExists === 'same-bytes')) return null;
  const version = await findVersion(binding.services.database, known.id, publication.version.key);
  if (version === undefined) return null;
  const files: StoredFile[] = [];
  for (const file of publication.files) {
    const existing = await existingFile(binding, known.id, publication.version.key, file);
    if (existing?.digests.sha256 !== file.staged.digests.sha256) return null;
    files.push(existing);
  }
  const { id: packageId, revision } = known;
  return { packageId, versionId: version.id, revision, createdPackage: false, createdVersion: false, files };
}

function existingFile(
  { services: { database } }: Binding,
  packageId: number,
  versionKey: string,
  { name, uniqueKey }: PublishedFile,
): Promise<StoredFile | undefined> {
  return uniqueKey === null
    ? findFile(database, packageId, name, versionKey)
    : findFileByKey(database, packageId, uniqueKey);
}
