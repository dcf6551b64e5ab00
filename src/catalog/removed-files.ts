import type { Session } from '../database/database.ts';

/** Which files go: of a package, of one of its versions, or a single one. */
export type DoomedFiles = { packageId: number } | { versionId: number } | { fileId: number };

/** Notes the unique names of files that are about to be removed, with the bytes they stood for. Call it before the removal. */
export function rememberRemoved(tx: Session, doomed: DoomedFiles, now: number): Promise<number> {
  const [column, id] =
    'packageId' in doomed
      ? ['package_id', doomed.packageId]
      : 'versionId' in doomed
        ? ['version_id', doomed.versionId]
        : ['id', doomed.fileId];
  return tx.run(
    `insert into removed_file (project_id, format, name_key, unique_key, sha256, removed_at)
     select package.project_id, package.format, package.name_key, file.unique_key, file.sha256, cast(? as bigint)
     from file join package on package.id = file.package_id
     where file.${column} = ? and file.unique_key is not null
     on conflict (project_id, format, name_key, unique_key) do nothing`,
    [now, id],
  );
}

/** SHA-256 of the bytes that a removed file of that name had; `undefined` when there was none. */
export async function removedSha256(
  session: Session,
  file: { projectId: number; format: string; nameKey: string; uniqueKey: string },
): Promise<string | undefined> {
  const row = await session.get<{ sha256: string }>(
    'select sha256 from removed_file where project_id = ? and format = ? and name_key = ? and unique_key = ?',
    [file.projectId, file.format, file.nameKey, file.uniqueKey],
  );
  return row?.sha256;
}
