import type { Session } from '../database/database.ts';
import type { PackageStatus, SourceVersion, Standing } from './version-shape.ts';

export interface VersionRow {
  readonly id: number;
  readonly packageId: number;
  readonly key: string;
  readonly version: string;
  readonly status: PackageStatus;
  readonly standing: Standing | null;
  readonly standingReason: string | null;
}

export interface NewVersion {
  readonly packageId: number;
  readonly key: string;
  readonly version: string;
  readonly manifest: string;
  readonly summary: string | null;
  readonly readme: string | null;
  readonly description: string | null;
  readonly keywords: readonly string[];
  readonly status: PackageStatus;
  readonly publisherId: number | null;
  readonly publisher: string | null;
  readonly publisherEmail: string | null;
  readonly revision: number;
}

/** The new version's id, or `null` when the package has that version: the unique constraint decides every race. */
export async function insertVersion(tx: Session, version: NewVersion, now: number): Promise<number | null> {
  const row = await tx.get<{ id: number }>(
    `insert into version (package_id, version_key, version, manifest, summary, readme, description, keywords, status,
       publisher_id, publisher, publisher_email, revision, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (package_id, version_key) do nothing
     returning id`,
    [
      version.packageId,
      version.key,
      version.version,
      version.manifest,
      version.summary,
      version.readme,
      version.description,
      JSON.stringify(version.keywords),
      version.status,
      version.publisherId,
      version.publisher,
      version.publisherEmail,
      version.revision,
      now,
      now,
    ],
  );
  return row?.id ?? null;
}

const columns = `id, package_id as "packageId", version_key as "key", version, status, standing,
  standing_reason as "standingReason"`;

export function findVersion(session: Session, packageId: number, key: string): Promise<VersionRow | undefined> {
  return session.get<VersionRow>(`select ${columns} from version where package_id = ? and version_key = ?`, [
    packageId,
    key,
  ]);
}

export function versionsOf(session: Session, packageId: number): Promise<VersionRow[]> {
  return session.all<VersionRow>(`select ${columns} from version where package_id = ? order by id`, [packageId]);
}

interface SourceRow extends Omit<SourceVersion, 'publisher' | 'files'> {
  readonly publisherName: string | null;
  readonly publisherEmail: string | null;
}

/** Versions changed after `sinceRevision`, in order of publication, with the one JSON text the reader asked for. */
export async function changedVersions(
  session: Session,
  packageId: number,
  sinceRevision: number,
  reads: 'manifest' | 'summary',
): Promise<Omit<SourceVersion, 'files'>[]> {
  const fragment = reads === 'manifest' ? 'manifest' : 'coalesce(summary, manifest)';
  const rows = await session.all<SourceRow>(
    `select id, version_key as "key", version, revision, created_at as "publishedAt", publisher as "publisherName",
       publisher_email as "publisherEmail", ${fragment} as fragment, status, standing,
       standing_reason as "standingReason"
     from version where package_id = ? and revision > ? order by id`,
    [packageId, sinceRevision],
  );
  return rows.map(({ publisherName, publisherEmail, ...row }) => ({
    ...row,
    publisher: publisherName === null ? null : { username: publisherName, email: publisherEmail },
  }));
}

/** A later file upload or setting of a version: its own revision follows the package's. */
export function touchVersion(
  tx: Session,
  versionId: number,
  revision: number,
  now: number,
  status: PackageStatus,
): Promise<number> {
  return tx.run('update version set revision = ?, updated_at = ?, status = ? where id = ?', [
    revision,
    now,
    status,
    versionId,
  ]);
}

/** What is known of a version, put in place of what was known before. */
export function renewVersion(
  tx: Session,
  versionId: number,
  version: Pick<NewVersion, 'manifest' | 'summary' | 'readme' | 'description' | 'keywords'>,
): Promise<number> {
  return tx.run(
    'update version set manifest = ?, summary = ?, readme = ?, description = ?, keywords = ? where id = ?',
    [
      version.manifest,
      version.summary,
      version.readme,
      version.description,
      JSON.stringify(version.keywords),
      versionId,
    ],
  );
}

export function bumpVersion(tx: Session, versionId: number, revision: number, now: number): Promise<number> {
  return tx.run('update version set revision = ?, updated_at = ? where id = ?', [revision, now, versionId]);
}

export function setStanding(
  tx: Session,
  versionId: number,
  standing: Standing | null,
  reason: string | null,
  revision: number,
  now: number,
): Promise<number> {
  return tx.run('update version set standing = ?, standing_reason = ?, revision = ?, updated_at = ? where id = ?', [
    standing,
    reason,
    revision,
    now,
    versionId,
  ]);
}

export function deleteVersion(tx: Session, versionId: number): Promise<number> {
  return tx.run('delete from version where id = ?', [versionId]);
}

export async function countVersions(session: Session, packageId: number): Promise<number> {
  const row = await session.get<{ n: number }>('select count(*) as n from version where package_id = ?', [packageId]);
  return row?.n ?? 0;
}

/** Adds downloads counted in memory since the last flush. */
export function addDownloads(tx: Session, versionId: number, count: number, lastAt: number): Promise<number> {
  return tx.run(
    `update version set downloads = downloads + ?,
       last_downloaded_at = case when last_downloaded_at > ? then last_downloaded_at else ? end
     where id = ?`,
    [count, lastAt, lastAt, versionId],
  );
}

export async function readmeOf(session: Session, packageId: number): Promise<string | null> {
  const row = await session.get<{ readme: string | null }>(
    `select version.readme from package join version on version.id = package.primary_version_id where package.id = ?`,
    [packageId],
  );
  return row?.readme ?? null;
}
