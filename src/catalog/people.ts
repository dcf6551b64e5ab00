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

export function addMaintainer(tx: Session, packageId: number, accountId: number): Promise<number> {
  return tx.run('insert into maintainer (package_id, account_id) values (?, ?) on conflict do nothing', [
    packageId,
    accountId,
  ]);
}

export function clearMaintainers(tx: Session, packageId: number): Promise<number> {
  return tx.run('delete from maintainer where package_id = ?', [packageId]);
}

/** `true` when the account is named as maintainer of any package of the project. */
export async function maintainsInProject(session: Session, accountId: number, projectId: number): Promise<boolean> {
  const row = await session.get(
    `select 1 as found from maintainer join package on package.id = maintainer.package_id
     where maintainer.account_id = ? and package.project_id = ? limit 1`,
    [accountId, projectId],
  );
  return row !== undefined;
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
