import type { Session } from '../database/database.ts';

/** `false` while somebody else holds it. */
export async function takeLease(
  session: Session,
  lease: { name: string; owner: string; now: number; until: number },
): Promise<boolean> {
  const row = await session.get<{ owner: string }>(
    `insert into upstream_lease (name, owner, lease_until) values (?, ?, ?)
     on conflict (name) do update set owner = excluded.owner, lease_until = excluded.lease_until
       where upstream_lease.lease_until <= ?
     returning owner`,
    [lease.name, lease.owner, lease.until, lease.now],
  );
  return row?.owner === lease.owner;
}

export function extendLease(session: Session, lease: { name: string; owner: string; until: number }): Promise<number> {
  return session.run('update upstream_lease set lease_until = ? where name = ? and owner = ?', [
    lease.until,
    lease.name,
    lease.owner,
  ]);
}

export function dropLease(session: Session, name: string, owner: string): Promise<number> {
  return session.run('delete from upstream_lease where name = ? and owner = ?', [name, owner]);
}
