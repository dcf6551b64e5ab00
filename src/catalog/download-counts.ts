import type { Session } from '../database/database.ts';

/** Downloads of each version of the packages, by version key; those of one version in several packages are added up. */
export async function downloadCounts(session: Session, packageIds: readonly number[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const packageId of packageIds) {
    const rows = await session.all<{ key: string; downloads: number }>(
      'select version_key as "key", downloads from version where package_id = ? and downloads > 0',
      [packageId],
    );
    for (const { key, downloads } of rows) counts.set(key, (counts.get(key) ?? 0) + downloads);
  }
  return counts;
}
