import type { Session } from '../database/database.ts';

/** Logins waiting for a person: only digests of their two secrets are stored. */

export async function insertLogin(
  tx: Session,
  login: { readonly pollDigest: string; readonly loginDigest: string; readonly expiresAt: number },
  now: number,
): Promise<void> {
  await tx.run('insert into web_login (poll_digest, login_digest, created_at, expires_at) values (?, ?, ?, ?)', [
    login.pollDigest,
    login.loginDigest,
    now,
    login.expiresAt,
  ]);
}

/** Removes those that nobody can use any more, and counts the others. */
export async function countLogins(tx: Session, now: number): Promise<number> {
  await tx.run('delete from web_login where expires_at <= ?', [now]);
  return (await tx.get<{ logins: number }>('select count(*) as logins from web_login'))?.logins ?? 0;
}

export async function isLoginOpen(session: Session, loginDigest: string, now: number): Promise<boolean> {
  const row = await session.get(
    'select 1 as found from web_login where login_digest = ? and account_id is null and expires_at > ?',
    [loginDigest, now],
  );
  return row !== undefined;
}

/** `false` when there is none, it has expired, or somebody has approved it already. */
export async function approveLogin(tx: Session, loginDigest: string, accountId: number, now: number): Promise<boolean> {
  const rows = await tx.run(
    'update web_login set account_id = ? where login_digest = ? and account_id is null and expires_at > ?',
    [accountId, loginDigest, now],
  );
  return rows === 1;
}

/** Whose it is: `null` = nobody has approved it yet; `undefined` = there is none, or it has expired. */
export async function findLogin(session: Session, pollDigest: string, now: number): Promise<number | null | undefined> {
  const row = await session.get<{ accountId: number | null }>(
    'select account_id as "accountId" from web_login where poll_digest = ? and expires_at > ?',
    [pollDigest, now],
  );
  return row?.accountId;
}

/** Takes an approved login away and answers whose it was; of several callers at once only one gets it. */
export async function takeLogin(tx: Session, pollDigest: string): Promise<number | undefined> {
  const row = await tx.get<{ accountId: number }>(
    'delete from web_login where poll_digest = ? and account_id is not null returning account_id as "accountId"',
    [pollDigest],
  );
  return row?.accountId;
}
