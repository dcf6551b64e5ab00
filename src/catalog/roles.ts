import type { Session } from '../database/database.ts';
import type { AccessLevel } from './access-level.ts';

/** A project, or a namespace (`projectId: null`), as far as memberships are concerned. */
export interface Place {
  readonly lineage: string;
  readonly projectId: number | null;
}

/** The highest role of the account in the place or anything above it; 0 = none. Expired memberships don't count. */
export async function roleOf(session: Session, accountId: number, place: Place, now: number): Promise<AccessLevel | 0> {
  const row = await session.get<{ role: AccessLevel | null }>(
    `select max(m.access_level) as role from membership m
     where m.account_id = ? and (m.expires_at is null or m.expires_at > ?)
       and (m.project_id = ? or ? like '%/' || m.namespace_id || '/%')`,
    [accountId, now, place.projectId, place.lineage],
  );
  return row?.role ?? 0;
}

/** `true` when the account may publish the package because it is named as one of its maintainers. */
export async function isPackageMaintainer(session: Session, packageId: number, accountId: number): Promise<boolean> {
  const row = await session.get(
    'select 1 as found from maintainer where package_id = ? and account_id = ? and may_publish = 1',
    [packageId, accountId],
  );
  return row !== undefined;
}
