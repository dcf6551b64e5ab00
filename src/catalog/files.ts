import type { Pieces } from '../lib/pieces.ts';
import type { Session } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';
import type { Condition } from './condition.ts';
import type { FileRole, PackageStatus, SourceFile } from './version-shape.ts';

export type { FileRole } from './version-shape.ts';

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
  /** JSON text, owned by the format. */
  readonly details: string | null;
  /** Set for a file that an upstream gave; it has no ids but this. */
  readonly cachedFileId?: number;
  /** Set while it is still coming from an upstream: its digests are empty until then. */
  readonly arriving?: ArrivingFile;
}

/** A file that can be read along while it comes, and is complete and right only when that ends well. */
export interface ArrivingFile {
  /** `null` = nobody knows yet. */
  readonly size: number | null;
  open(): Pieces;
  /** Rejects when it turns out wrong or breaks off. */
  whole(): Promise<StoredFile>;
}

interface FileRow extends Omit<StoredFile, 'digests' | 'arriving' | 'cachedFileId'>, Digests {
  readonly status: PackageStatus;
}

const columns = `file.id, file.version_id as "versionId", file.package_id as "packageId",
  package.project_id as "projectId", file.name, file.role, file.created_at as "createdAt", file.details, blob.size,
  blob.md5, blob.sha1, blob.sha256, blob.sha512, version.status`;

const joins = `file join blob on blob.sha256 = file.sha256 join version on version.id = file.version_id
  join package on package.id = file.package_id`;

function toStored({ md5, sha1, sha256, sha512, status: _status, ...row }: FileRow): StoredFile {
  return { ...row, digests: { md5, sha1, sha256, sha512 } };
}

/** What is in quarantine is given to nobody who installs. */
const offered = "coalesce(package.standing, '') <> 'quarantined'";

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
       and ${offered}
     order by file.id desc limit 1`,
    versionKey === undefined ? [packageId, fileName] : [packageId, fileName, versionKey],
  );
  return row === undefined ? undefined : toStored(row);
}

/** The newest file under a key that is unique in its package, whatever its version's status. */
export async function findFileByKey(
  session: Session,
  packageId: number,
  uniqueKey: string,
): Promise<StoredFile | undefined> {
  const row = await session.get<FileRow>(
    `select ${columns} from ${joins} where file.package_id = ? and file.unique_key = ?`,
    [packageId, uniqueKey],
  );
  return row === undefined ? undefined : toStored(row);
}

/** The newest downloadable file with these bytes and this name, of a format, in projects that `visible` allows. */
export async function findFileByDigest(
  session: Session,
  wanted: { format: string; sha256: string; name: string; visible: Condition },
): Promise<StoredFile | undefined> {
  const row = await session.get<FileRow>(
    `select ${columns} from ${joins}
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     where file.sha256 = ? and file.name = ? and package.format = ?
       and version.status in ('default', 'hidden', 'deprecated') and ${offered} and (${wanted.visible.sql})
     order by file.id desc limit 1`,
    [wanted.sha256, wanted.name, wanted.format, ...wanted.visible.params],
  );
  return row === undefined ? undefined : toStored(row);
}

/** The newest downloadable symbols of that name, of a format, in projects that `visible` allows. */
export async function findSymbols(
  session: Session,
  wanted: { format: string; name: string; visible: Condition },
): Promise<StoredFile | undefined> {
  const row = await session.get<FileRow>(
    `select ${columns} from ${joins}
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     where file.name = ? and file.role = 'symbols' and package.format = ?
       and version.status in ('default', 'hidden', 'deprecated') and (${wanted.visible.sql})
     order by file.id desc limit 1`,
    [wanted.name, wanted.format, ...wanted.visible.params],
  );
  return row === undefined ? undefined : toStored(row);
}

/** Files of versions that changed after `sinceRevision`, by version id, in order of upload. */
export async function filesOfChangedVersions(
  session: Session,
  packageId: number,
  sinceRevision: number,
): Promise<Map<number, SourceFile[]>> {
  const rows = await session.all<FileRow>(
    `select ${columns} from ${joins} where version.package_id = ? and version.revision > ? order by file.id`,
    [packageId, sinceRevision],
  );
  const byVersion = new Map<number, SourceFile[]>();
  for (const row of rows) {
    const { id, versionId, name, role, size, digests, createdAt, details } = toStored(row);
    const file: SourceFile = { id, name, role, size, digests, createdAt, details };
    const files = byVersion.get(versionId);
    if (files === undefined) byVersion.set(versionId, [file]);
    else files.push(file);
  }
  return byVersion;
}

/** Takes the files of one name out of a version; answers how many there were. */
export function deleteFilesNamed(tx: Session, versionId: number, name: string): Promise<number> {
  return tx.run('delete from file where version_id = ? and name = ?', [versionId, name]);
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
  readonly details: string | null;
}

/** The new file's id, or `null` when its unique key is taken in the package. */
export async function insertFile(tx: Session, file: NewFile, now: number): Promise<number | null> {
  const row = await tx.get<{ id: number }>(
    `insert into file (version_id, package_id, name, role, unique_key, sha256, details, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (package_id, unique_key) do nothing
     returning id`,
    [file.versionId, file.packageId, file.name, file.role, file.uniqueKey, file.sha256, file.details, now],
  );
  return row?.id ?? null;
}

export function deleteFile(tx: Session, fileId: number): Promise<number> {
  return tx.run('delete from file where id = ?', [fileId]);
}
