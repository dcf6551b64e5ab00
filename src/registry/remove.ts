import { deleteFile } from '../catalog/files.ts';
import { deletePackage } from '../catalog/packages.ts';
import { rememberRemoved } from '../catalog/removed-files.ts';
import { bumpVersion, countVersions, deleteVersion, versionsOf } from '../catalog/versions.ts';
import type { Transaction } from '../database/database.ts';
import { changePackage } from './change.ts';
import type { Name, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';

/**
 * Removal takes rows away in one transaction; the bytes go later, by collect-garbage. A package whose last version went
 * is gone too, and its name is free again.
 */

/** Removes versions by key; unknown ones are ignored. */
export function removeVersions(
  binding: Binding,
  name: Name,
  versionKeys: readonly string[],
  ifRevision?: number,
): Promise<void> {
  const doomed = new Set(versionKeys);
  return changePackage(binding, name, {
    action: 'delete-package',
    kind: 'removal',
    ifRevision,
    audit: { action: 'package.remove-versions', details: { versions: versionKeys } },
    work: async ({ tx, row, now }) => {
      let removed = 0;
      for (const version of await versionsOf(tx, row.id)) {
        if (!doomed.has(version.key)) continue;
        if (keepsNames(binding)) await rememberRemoved(tx, { versionId: version.id }, now);
        removed += await deleteVersion(tx, version.id);
      }
      if (removed > 0) await dropIfEmpty(tx, row.id);
      return removed;
    },
  });
}

export function removePackage(binding: Binding, name: Name, ifRevision?: number): Promise<void> {
  return changePackage(binding, name, {
    action: 'delete-package',
    kind: 'removal',
    ifRevision,
    audit: { action: 'package.remove' },
    work: async ({ tx, row, now }) => {
      if (keepsNames(binding)) await rememberRemoved(tx, { packageId: row.id }, now);
      return deletePackage(tx, row.id);
    },
  });
}

/** Removes one file; its version stays, even without files. */
export function removeFile(binding: Binding, name: Name, file: StoredFile): Promise<void> {
  return changePackage(binding, name, {
    action: 'delete-package',
    kind: 'removal',
    audit: { action: 'package.remove-file', details: { file: file.name, sha256: file.digests.sha256 } },
    work: async ({ tx, revision, now }) => {
      if (keepsNames(binding)) await rememberRemoved(tx, { fileId: file.id }, now);
      const removed = await deleteFile(tx, file.id);
      if (removed > 0) await bumpVersion(tx, file.versionId, revision, now);
      return removed;
    },
  });
}

function keepsNames({ format }: Binding): boolean {
  return format.keepsFileNames === true;
}

async function dropIfEmpty(tx: Transaction, packageId: number): Promise<void> {
  if ((await countVersions(tx, packageId)) === 0) await deletePackage(tx, packageId);
}
