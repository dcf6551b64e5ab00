import type { Session } from '../database/database.ts';
import type { Person } from './version-shape.ts';

/** Maintainers and stars of packages. */

export function maintainersOf(session: Session, packageId: number): Promise<Person[]> {
  return session.all<Person & Record<string, never>>(
    `select account.username, account.email from maintainer join account on account.id = maintainer.account_id
     where maintainer.package_id = ? order by account.id`,
    [packageId],
  );
}

/** The same for a page of packages at once; those without maintainers are left out. */
export async function maintainersByPackage(
  session: Session,
  packageIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Person[]>> {
  const byPackage = new Map<number, Person[]>();
  if (packageIds.length === 0) return byPackage;
  const rows = await session.all<{ packageId: number; username: string; email: string | null }>(
    `select maintainer.package_id as "packageId", account.username, account.email from maintainer
     join account on account.id = maintainer.account_id
     where maintainer.package_id in (${packageIds.map(() => '?').join(', ')}) order by account.id`,
    packageIds,
  );
  for (const { packageId, ...person } of rows) {
    const known = byPackage.get(packageId);
    if (known === undefined) byPackage.set(packageId, [person]);
    else known.push(person);
  }
  return byPackage;
}

/** `mayPublish`: may publish the package whatever role the account has. */
export function addMaintainer(tx: Session, packageId: number, accountId: number, mayPublish: boolean): Promise<number> {
  return tx.run(
    'insert into maintainer (package_id, account_id, may_publish) values (?, ?, ?) on conflict do nothing',
    [packageId, accountId, Number(mayPublish)],
  );
}

/**
 * Names exactly these people. Clients send the whole list back: whoever is on it already keeps what right there was, and
 * newcomers may publish. The package row is locked by then.
 */
export async function setMaintainers(tx: Session, packageId: number, accountIds: readonly number[]): Promise<void> {
  const rows = await tx.all<{ accountId: number; mayPublish: number }>(
    'select account_id as "accountId", may_publish as "mayPublish" from maintainer where package_id = ?',
    [packageId],
  );
  const before = new Map(rows.map((row) => [row.accountId, row.mayPublish === 1]));
  await tx.run('delete from maintainer where package_id = ?', [packageId]);
  for (const id of accountIds) await addMaintainer(tx, packageId, id, before.get(id) ?? true);
}

/** `true` when the account may publish some package of the project because it is named as maintainer. */
export async function maintainsInProject(session: Session, accountId: number, projectId: number): Promise<boolean> {
  const row = await session.get(
    `select 1 as found from maintainer join package on package.id = maintainer.package_id
     where maintainer.account_id = ? and maintainer.may_publish = 1 and package.project_id = ? limit 1`,
    [accountId, projectId],
  );
  return row !== undefined;
}

/** Ends what the account may do as a named maintainer, in one project or in everything below the `lineage` of a group. */
export function withdrawPublishing(
  tx: Session,
  accountId: number,
  place: { readonly projectId: number } | { readonly lineage: string },
): Promise<number> {
  const [condition, value] =
    'projectId' in place ? ['project.id = ?', place.projectId] : ['namespace.lineage like ?', `${place.lineage}%`];
  return tx.run(
    `update maintainer set may_publish = 0 where account_id = ? and may_publish = 1 and package_id in
     (select package.id from package join project on project.id = package.project_id
      join namespace on namespace.id = project.namespace_id where ${condition})`,
    [accountId, value],
  );
}

/** Documents show user names and addresses of maintainers, and names of those who starred: their packages change too. */
export function renewPackagesNaming(tx: Session, accountId: number, now: number): Promise<number> {
  return tx.run(
    `update package set revision = revision + 1, updated_at = ? where id in
     (select package_id from maintainer where account_id = ? union select package_id from star where account_id = ?)`,
    [now, accountId, accountId],
  );
}

export async function starsOf(session: Session, packageId: number): Promise<string[]> {
  const rows = await session.all<{ username: string }>(
    `select account.username from star join account on account.id = star.account_id
     where star.package_id = ? order by account.username_key`,
    [packageId],
  );
  return rows.map((row) => row.username);
}

/** Number of rows changed: 0 when nothing had to. */
export function setStar(tx: Session, packageId: number, accountId: number, starred: boolean): Promise<number> {
  return starred
    ? tx.run('insert into star (account_id, package_id) values (?, ?) on conflict do nothing', [accountId, packageId])
    : tx.run('delete from star where account_id = ? and package_id = ?', [accountId, packageId]);
}
