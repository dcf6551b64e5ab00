import type { Session } from '../database/database.ts';
import type { Condition } from './condition.ts';
import { claimName } from './name-claims.ts';
import type { PackageStanding } from './version-shape.ts';

/** A package row: one name of one format in one project. */
export interface PackageRow {
  readonly id: number;
  readonly projectId: number;
  readonly format: string;
  readonly nameKey: string;
  readonly name: string;
  /** Grows with every change to the package, in the same transaction. */
  readonly revision: number;
  /** The revision at which something was last removed: what was read before it can't be amended, only read anew. */
  readonly removalRevision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly standing: PackageStanding | null;
  readonly standingReason: string | null;
}

const columns = `package.id, package.project_id as "projectId", package.format, package.name_key as "nameKey", package.name,
  package.revision, package.removal_revision as "removalRevision", package.created_at as "createdAt",
  package.updated_at as "updatedAt", package.standing, package.standing_reason as "standingReason"`;

export function findPackage(
  session: Session,
  projectId: number,
  format: string,
  nameKey: string,
): Promise<PackageRow | undefined> {
  return session.get<PackageRow>(
    `select ${columns} from package where project_id = ? and format = ? and name_key = ?`,
    [projectId, format, nameKey],
  );
}

export function findPackageById(session: Session, id: number): Promise<PackageRow | undefined> {
  return session.get<PackageRow>(`select ${columns} from package where id = ?`, [id]);
}

/** The package that a version belongs to, with the version's key. */
export function findPackageOfVersion(
  session: Session,
  versionId: number,
): Promise<(PackageRow & { versionKey: string }) | undefined> {
  return session.get<PackageRow & { versionKey: string }>(
    `select ${columns}, version.version_key as "versionKey" from version
     join package on package.id = version.package_id where version.id = ?`,
    [versionId],
  );
}

/** A package with the full path of the project it lies in. */
export interface LocatedPackage extends PackageRow {
  readonly projectPath: string;
}

/**
 * Every package of that name in projects that `visible` allows (a condition on project `p` and its namespace `n`), below
 * `lineage` when one is given; oldest first.
 */
export function findPackagesNamed(
  session: Session,
  wanted: { format: string; nameKey: string; lineage: string | null; visible: Condition },
): Promise<LocatedPackage[]> {
  const below = wanted.lineage === null ? '' : ' and n.lineage like ?';
  return session.all<LocatedPackage>(
    `select ${columns}, p.full_path as "projectPath" from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     where package.format = ? and package.name_key = ?${below} and (${wanted.visible.sql})
     order by package.id`,
    [
      wanted.format,
      wanted.nameKey,
      ...(wanted.lineage === null ? [] : [`${wanted.lineage}%`]),
      ...wanted.visible.params,
    ],
  );
}

/** The package with its revision grown by one; made with revision 1 when it is new. */
export async function upsertPackage(
  tx: Session,
  wanted: { projectId: number; format: string; nameKey: string; name: string; namespace: string | null },
  now: number,
): Promise<{ id: number; revision: number }> {
  const row = await tx.get<{ id: number; revision: number }>(
    `insert into package (project_id, format, name_key, name, namespace, search_text, revision, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, 1, ?, ?)
     on conflict (project_id, format, name_key)
     do update set revision = package.revision + 1, updated_at = excluded.updated_at
     returning id, revision`,
    [
      wanted.projectId,
      wanted.format,
      wanted.nameKey,
      wanted.name,
      wanted.namespace,
      wanted.name.toLowerCase(),
      now,
      now,
    ],
  );
  if (row === undefined) throw new Error('the package upsert returned no row');
  if (row.revision === 1) await claimName(tx, wanted, now);
  return row;
}

/** Locks the package row, grows its revision and answers the new one; `undefined` when the package is gone. */
export async function bumpRevision(
  tx: Session,
  packageId: number,
  now: number,
  kind: 'change' | 'removal',
): Promise<number | undefined> {
  const removal = kind === 'removal' ? ', removal_revision = revision + 1' : '';
  const row = await tx.get<{ revision: number }>(
    `update package set revision = revision + 1, updated_at = ?${removal} where id = ? returning revision`,
    [now, packageId],
  );
  return row?.revision;
}

export function setPackageStanding(
  tx: Session,
  packageId: number,
  standing: PackageStanding | null,
  reason: string | null,
): Promise<number> {
  return tx.run('update package set standing = ?, standing_reason = ? where id = ?', [standing, reason, packageId]);
}

export function deletePackage(tx: Session, packageId: number): Promise<number> {
  return tx.run('delete from package where id = ?', [packageId]);
}

/** Packages that an account starred, in projects that `visible` allows, by name. */
export function packagesStarredBy(
  session: Session,
  format: string,
  accountId: number,
  visible: Condition,
): Promise<PackageRow[]> {
  return session.all<PackageRow>(
    `select ${columns} from package join star on star.package_id = package.id
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     where package.format = ? and star.account_id = ? and (${visible.sql}) order by package.name_key`,
    [format, accountId, ...visible.params],
  );
}

/**
 * A condition on a package and the namespace `n` it lies in: its name doesn't begin with somebody else's. A scope that is
 * also the path of a group at the top, or of a user, is theirs.
 */
export const inOwnersPlace: Condition = {
  sql: `not exists (select 1 from namespace top where top.parent_id is null
    and top.full_path_key = lower(package.namespace) and n.lineage not like top.lineage || '%')`,
  params: [],
};
