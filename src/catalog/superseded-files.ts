import type { Session } from '../database/database.ts';

export interface FileOfVersion {
  readonly id: number;
  readonly name: string;
}

/** Takes files out of a version that newer ones made unnecessary: `which` says their ids, of all that the version has. */
export async function deleteSuperseded(
  tx: Session,
  versionId: number,
  which: (files: readonly FileOfVersion[]) => readonly number[],
): Promise<void> {
  const files = await tx.all<FileOfVersion>('select id, name from file where version_id = ? order by id', [versionId]);
  for (const id of which(files)) await tx.run('delete from file where id = ? and version_id = ?', [id, versionId]);
}
