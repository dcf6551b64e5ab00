import { deleteFilesNamed, findFile, findFileByKey, insertFile } from '../catalog/files.ts';
import { removedSha256 } from '../catalog/removed-files.ts';
import type { Project } from '../catalog/projects.ts';
import type { Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { Publication, PublishedFile, StoredFile } from './model.ts';
import { duplicatesAllowed } from './format-settings.ts';
import type { Binding } from './mount.ts';

/** The version that files go to, and what the publish made of it. */
export interface Target {
  readonly packageId: number;
  readonly revision: number;
  readonly versionId: number;
  readonly createdVersion: boolean;
}

/** Where a file goes. The package row is locked by now, so what is read here stays true until the commit. */
export interface Storing {
  readonly tx: Transaction;
  readonly binding: Binding;
  readonly project: Project;
  readonly publication: Publication;
  readonly target: Target;
  readonly now: number;
}

/** Adds one file to the version, or finds that it is there already, as `PublishedFile.ifExists` says. */
export async function storeFile(storing: Storing, file: PublishedFile): Promise<StoredFile> {
  const { tx, target, project, now } = storing;
  const existing = await existingFile(storing, file);
  checkConditions(storing.publication, file, existing);
  if (existing !== undefined) {
    const settled = await settle(storing, file, existing);
    if (settled !== null) return settled;
  }
  await refuseRemovedName(storing, file);
  const { digests, size } = file.staged;
  const { packageId, versionId } = target;
  const { name, role, uniqueKey, details = null } = file;
  const id = await insertFile(
    tx,
    { packageId, versionId, name, role, uniqueKey, sha256: digests.sha256, details },
    now,
  );
  if (id === null) throw fileExists(name);
  return { id, versionId, packageId, projectId: project.id, name, role, size, digests, createdAt: now, details };
}

function existingFile(
  { tx, target, publication }: Storing,
  { name, uniqueKey }: PublishedFile,
): Promise<StoredFile | undefined> | undefined {
  if (target.revision === 1) return undefined;
  if (uniqueKey !== null) return findFileByKey(tx, target.packageId, uniqueKey);
  if (target.createdVersion) return undefined;
  return findFile(tx, target.packageId, name, publication.version.key);
}

/** `If-None-Match` and `If-Match` of the upload. */
function checkConditions(publication: Publication, { name }: PublishedFile, existing: StoredFile | undefined): void {
  if (publication.refuseExistingFile === true && existing !== undefined) {
    throw problem('precondition-failed', `The file ${name} exists already.`);
  }
  const wanted = publication.replaceOnlySha256;
  if (wanted !== undefined && (existing === undefined || (wanted !== '*' && wanted !== existing.digests.sha256))) {
    throw problem('precondition-failed', `The file ${name} is not the one that If-Match names.`);
  }
}

/** The file to answer with when nothing is to be stored; `null` when the new one may go in. */
async function settle(storing: Storing, file: PublishedFile, existing: StoredFile): Promise<StoredFile | null> {
  switch (file.ifExists ?? 'add') {
    case 'same-bytes':
      if (existing.digests.sha256 === file.staged.digests.sha256) return existing;
      throw fileExists(file.name);
    case 'refuse':
      throw fileExists(file.name);
    case 'replace':
      await deleteFilesNamed(storing.tx, existing.versionId, existing.name);
      return null;
    case 'add':
      if (duplicatesAllowed(storing.binding.format, storing.binding.services)) return null;
      throw problem('file-exists', 'Duplicate package is not allowed');
  }
}

async function refuseRemovedName({ tx, binding, project, publication }: Storing, file: PublishedFile): Promise<void> {
  if (binding.format.keepsFileNames !== true || file.uniqueKey === null) return;
  const sha256 = await removedSha256(tx, {
    projectId: project.id,
    format: binding.format.id,
    nameKey: publication.name.key,
    uniqueKey: file.uniqueKey,
  });
  if (sha256 === undefined || sha256 === file.staged.digests.sha256) return;
  throw problem('file-exists', `A file named ${file.name} was published before, with other bytes, and removed.`);
}

function fileExists(name: string): Error {
  return problem('file-exists', `A file named ${name} has been published before.`);
}
