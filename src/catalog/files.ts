import type { Session } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';
import type { PackageStatus } from './version-shape.ts';

/** What part a file plays in its version; formats may add their own words. */
export type FileRole = 'archive' | 'attestation' | 'signature' | 'metadata' | 'symbols' | 'asset';

export interface StoredFile {
  readonly id: number;
  readonly versionId: number;
  readonly packageId: number;
  readonly projectId: number;
  readonly name: string;
  readonly role: FileRole;
  readonly size: number;
  readonly digests: Digests;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

interface FileRow extends Omit<StoredFile, 'digests'>, Digests {
  readonly status: PackageStatus;
}

const columns = `file.id, file.version_id as "versionId", file.package_id as "packageId",
  package.project_id as "projectId", file.name, file.role, file.created_at as "createdAt", blob.size,
  blob.md5, blob.sha1, blob.sha256, blob.sha512, version.status`;

const joins = `file join blob on blob.sha256 = file.sha256 join version on version.id = file.version_id
  join package on package.id = file.package_id`;

function toStored({ md5, sha1, sha256, sha512, status: _status, ...row }: FileRow): StoredFile {
  return { ...row, digests: { md5, sha1, sha256, sha512 } };
}

/** The newest file of that name, among downloadable versions. */
export async function findFile(
  session: Session,
  packageId: number,
  fileName: string,
  versionKey?: string,
): Promise<StoredFile | undefined> {
  const ofVersion = versionKey === undefined ? '' : ' and version.version_key = ?';
  const row = await session.get<FileRow>(
    `select ${columns} from ${joins}
     where file.package_id = ? and file.name = ?${ofVersion} and version.status in ('default', 'hidden', 'deprecated')
     order by file.id desc limit 1`,
    versionKey === undefined ? [packageId, fileName] : [packageId, fileName, versionKey],
  );
  return row === undefined ? undefined : toStored(row);
}

export async function findFileById(session: Session, id: number): Promise<StoredFile | undefined> {
  const row = await session.get<FileRow>(`select ${columns} from ${joins} where file.id = ?`, [id]);
  return row === undefined ? undefined : toStored(row);
}

export interface NewFile {
  readonly versionId: number;
  readonly packageId: number;
  readonly name: string;
  readonly role: FileRole;
  readonly uniqueKey: string | null;
  readonly sha256: string;
}

/** The new file's id, or `null` when its unique key is taken in the package. */
export async function insertFile(tx: Session, file: NewFile, now: number): Promise<number | null> {
  const row = await tx.get<{ id: number }>(
    `insert into file (version_id, package_id, name, role, unique_key, sha256, created_at)
     values (?, ?, ?, ?, ?, ?, ?)
     on conflict (package_id, unique_key) do nothing
     returning id`,
    [file.versionId, file.packageId, file.name, file.role, file.uniqueKey, file.sha256, now],
  );
  return row?.id ?? null;
}

export function deleteFile(tx: Session, fileId: number): Promise<number> {
  return tx.run('delete from file where id = ?', [fileId]);
}
