import { setPackageStanding } from '../catalog/packages.ts';
import { deleteTag, setTag } from '../catalog/tags.ts';
import { setStanding, versionsOf, findVersion } from '../catalog/versions.ts';
import { problem } from '../problems/problem.ts';
import { changePackage } from './change.ts';
import type { Name, PackageStanding } from './model.ts';
import type { Binding } from './mount.ts';
import { auditOfStandings, type StandingChanges } from './standing-changes.ts';

/** Points a tag to an existing version. */
export function tagVersion(binding: Binding, name: Name, tag: string, versionKey: string): Promise<void> {
  return changePackage(binding, name, {
    action: 'tag-package',
    kind: 'change',
    audit: { action: 'package.tag', details: { tag, version: versionKey } },
    work: async ({ tx, row, now }) => {
      const version = await findVersion(tx, row.id, versionKey);
      if (version === undefined) {
        throw problem('version-not-found', `${name.display} has no version ${versionKey}.`);
      }
      return setTag(tx, row.id, tag, version.id, now);
    },
  });
}

export function untagVersion(binding: Binding, name: Name, tag: string): Promise<void> {
  return changePackage(binding, name, {
    action: 'delete-package',
    kind: 'change',
    audit: { action: 'package.untag', details: { tag } },
    work: async ({ tx, row }) => {
      const removed = await deleteTag(tx, row.id, tag);
      if (removed === 0) throw problem('tag-not-found', `${name.display} has no tag ${tag}.`);
      return removed;
    },
  });
}

/** Deprecates, yanks or unlists versions, or takes that back. Versions that are unknown or already so are left alone. */
export function changeStandings(binding: Binding, name: Name, changes: StandingChanges): Promise<void> {
  return changePackage(binding, name, {
    action: 'delete-package',
    kind: 'change',
    audit: { action: 'package.standing', details: auditOfStandings(changes) },
    work: async ({ tx, row, revision, now }) => {
      let changed = 0;
      for (const version of await versionsOf(tx, row.id)) {
        const wanted = changes.get(version.key);
        if (wanted === undefined) continue;
        if (version.standing === wanted.standing && version.standingReason === wanted.reason) continue;
        changed += await setStanding(tx, version.id, wanted.standing, wanted.reason, revision, now);
      }
      return changed;
    },
  });
}

/** Archives, quarantines or deprecates a whole package, or takes that back. */
export function changePackageStanding(
  binding: Binding,
  name: Name,
  standing: PackageStanding | null,
  reason: string | null,
): Promise<void> {
  return changePackage(binding, name, {
    action: 'delete-package',
    kind: 'change',
    audit: { action: 'package.package-standing', details: { standing, reason } },
    work: async ({ tx, row }) =>
      row.standing === standing && row.standingReason === reason ? 0 : setPackageStanding(tx, row.id, standing, reason),
  });
}
