import type { Session } from '../database/database.ts';
import { always, contains } from './condition.ts';
import type { Listing, ListOptions } from './listing.ts';
import type { Namespace } from './namespaces.ts';

/** A claim as those who look after a group's names see it. */
export interface ClaimedName {
  readonly nameKey: string;
  /** `tombstone`: no package of that name is left. */
  readonly origin: 'published' | 'moved' | 'tombstone';
  readonly createdAt: number;
}

interface Claimed {
  readonly root: Pick<Namespace, 'id' | 'lineage'>;
  readonly format: string;
}

/** Claims of packages that are there, as `c`; takes the lineage of the group. */
const isThere = `exists (select 1 from package join project p on p.id = package.project_id
  join namespace n on n.id = p.namespace_id
  where package.format = c.format and package.name_key = c.name_key and n.lineage like ?)`;

/** In order of their names. */
export async function listClaims(
  session: Session,
  { root, format, search }: Claimed & { readonly search?: string | undefined },
  { limit, offset }: ListOptions,
): Promise<Listing<ClaimedName>> {
  const named = search === undefined || search === '' ? always : contains(['c.name_key'], search);
  const where = `c.namespace_id = ? and c.format = ? and (${named.sql})`;
  const params = [root.id, format, ...named.params];
  const items = await session.all<ClaimedName>(
    `select c.name_key as "nameKey", case when ${isThere} then c.origin else 'tombstone' end as origin,
       c.created_at as "createdAt"
     from name_claim c where ${where} order by c.name_key limit ? offset ?`,
    [`${root.lineage}%`, ...params, limit, offset],
  );
  const counted = await session.get<{ total: number }>(
    `select count(*) as total from name_claim c where ${where}`,
    params,
  );
  return { items, total: counted?.total ?? 0 };
}

/** `held` = a package of that name is there. A publish of the name waits until the transaction has ended. */
export async function releaseClaim(
  tx: Session,
  { root, format }: Claimed,
  nameKey: string,
): Promise<'released' | 'held' | 'unknown'> {
  const here = 'namespace_id = ? and format = ? and name_key = ?';
  const key = [root.id, format, nameKey];
  const claim = await tx.get(`select name_key from name_claim where ${here} ${tx.dialect.forUpdate}`, key);
  if (claim === undefined) return 'unknown';
  // A statement of its own: it sees what a publish committed while this one waited.
  const held = await tx.get(
    `select 1 as found from name_claim c where c.namespace_id = ? and c.format = ? and c.name_key = ? and ${isThere}`,
    [...key, `${root.lineage}%`],
  );
  if (held !== undefined) return 'held';
  await tx.run(`delete from name_claim where ${here}`, key);
  return 'released';
}

/** Names of claims after a key, in their order: for work that is done in portions. */
export async function claimedKeys(
  session: Session,
  { rootId, format, after }: { readonly rootId: number; readonly format: string; readonly after: string },
  limit: number,
): Promise<string[]> {
  const rows = await session.all<{ key: string }>(
    `select name_key as key from name_claim where namespace_id = ? and format = ? and name_key > ?
     order by name_key limit ?`,
    [rootId, format, after, limit],
  );
  return rows.map(({ key }) => key);
}

/** Namespaces of claims (npm scopes), each with a name that lies in it. */
export function claimedNamespaces(
  session: Session,
  rootId: number,
  format: string,
): Promise<{ readonly namespace: string; readonly key: string }[]> {
  return session.all(
    `select namespace, min(name_key) as key from name_claim
     where namespace_id = ? and format = ? and namespace is not null group by namespace order by namespace limit 100`,
    [rootId, format],
  );
}
