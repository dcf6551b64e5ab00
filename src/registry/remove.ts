import { deleteFile, filesOfVersion, findFileById } from '../catalog/files.ts';
import { bumpRevision, deletePackage, type PackageRow } from '../catalog/packages.ts';
import { countVersions, deleteVersion, versionsOf } from '../catalog/versions.ts';
import type { Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { changePackage } from './change.ts';
import type { Name } from './model.ts';
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
    work: async ({ tx, row }) => {
      let removed = 0;
      for (const version of await versionsOf(tx, row.id)) {
        if (doomed.has(version.key)) removed += await deleteVersion(tx, version.id);
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
    work: ({ tx, row }) => deletePackage(tx, row.id),
  });
}

async function dropIfEmpty(tx: Transaction, packageId: number): Promise<void> {
  if ((await countVersions(tx, packageId)) === 0) await deletePackage(tx, packageId);
}
