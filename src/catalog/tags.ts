import type { Session } from '../database/database.ts';

/** Points a tag to a version. */
export function setTag(tx: Session, packageId: number, name: string, versionId: number, now: number): Promise<number> {
  return tx.run(
    `insert into tag (package_id, name, version_id, updated_at) values (?, ?, ?, ?)
     on conflict (package_id, name) do update set version_id = excluded.version_id, updated_at = excluded.updated_at`,
    [packageId, name, versionId, now],
  );
}

/** The same, only where the package has no such tag. */
export function setTagIfUnset(
  tx: Session,
  packageId: number,
  name: string,
  versionId: number,
  now: number,
): Promise<number> {
  return tx.run(
    `insert into tag (package_id, name, version_id, updated_at) values (?, ?, ?, ?)
     on conflict (package_id, name) do nothing`,
    [packageId, name, versionId, now],
  );
}

/** Number of tags removed: 0 or 1. */
export function deleteTag(tx: Session, packageId: number, name: string): Promise<number> {
  return tx.run('delete from tag where package_id = ? and name = ?', [packageId, name]);
}

/** Tag name → version as displayed, by name. */
export async function tagsOf(session: Session, packageId: number): Promise<Map<string, string>> {
  const rows = await session.all<{ name: string; version: string }>(
    `select tag.name, version.version from tag join version on version.id = tag.version_id
     where tag.package_id = ? order by tag.name`,
    [packageId],
  );
  return new Map(rows.map((row) => [row.name, row.version]));
}
