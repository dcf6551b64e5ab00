/** What fsck reads, page by page: no statement holds up a server for long. */
import type { Session } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';

export interface BlobRecord extends Digests {
  readonly size: number;
  readonly doomedAt: number | null;
}

const blobColumns = 'sha256, size, md5, sha1, sha512, doomed_at as "doomedAt"';

/** In order of the key. */
export async function* blobRecords(session: Session): AsyncGenerator<BlobRecord> {
  for (let key = ''; ; ) {
    const page = await session.all<BlobRecord>(
      `select ${blobColumns} from blob where sha256 > ? order by sha256 limit 500`,
      [key],
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    key = last.sha256;
  }
}

export function findBlobRecord(session: Session, sha256: string): Promise<BlobRecord | undefined> {
  return session.get<BlobRecord>(`select ${blobColumns} from blob where sha256 = ?`, [sha256]);
}

/** A file of a version, with what names the version to people. */
export interface FileOfVersion {
  readonly versionId: number;
  readonly file: string;
  readonly format: string;
  readonly name: string;
  readonly version: string;
  readonly project: string;
}

export function filesWithBytes(session: Session, sha256: string): Promise<FileOfVersion[]> {
  return session.all<FileOfVersion>(
    `select version.id as "versionId", file.name as file, package.format, package.name, version.version,
       project.full_path as project
     from file join version on version.id = file.version_id join package on package.id = version.package_id
       join project on project.id = package.project_id
     where file.sha256 = ? order by file.id`,
    [sha256],
  );
}

/** What was fetched from upstreams with these bytes, in words; a damaged one is fetched again once it is purged. */
export async function cachedWithBytes(session: Session, sha256: string): Promise<string[]> {
  const rows = await session.all<{ what: string; upstream: string }>(
    `select upstream_file.file_name as what, upstream.name as upstream from upstream_file
     join upstream on upstream.id = upstream_file.upstream_id where upstream_file.sha256 = ?
     union all
     select upstream_resource.resource as what, upstream.name as upstream from upstream_resource
     join upstream on upstream.id = upstream_resource.upstream_id where upstream_resource.sha256 = ?`,
    [sha256, sha256],
  );
  return rows.map(({ what, upstream }) => `${what.split('\n')[0] ?? ''} cached of the upstream ${upstream}`);
}

export interface VersionRecord {
  readonly id: number;
  readonly packageId: number;
  readonly format: string;
  readonly name: string;
  readonly version: string;
  readonly status: string;
  readonly manifest: string;
  readonly summary: string | null;
  readonly files: number;
}

export async function* versionRecords(session: Session): AsyncGenerator<VersionRecord> {
  for (let id = 0; ; ) {
    const page = await session.all<VersionRecord>(
      `select version.id, package.id as "packageId", package.format, package.name, version.version, version.status,
         version.manifest, version.summary,
         (select count(*) from file where file.version_id = version.id) as files
       from version join package on package.id = version.package_id
       where version.id > ? order by version.id limit 200`,
      [id],
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    id = last.id;
  }
}

/** Rows whose foreign keys lead nowhere: `table row` and what it lacks. */
export async function orphanRows(session: Session): Promise<{ row: string; lacks: string }[]> {
  const found: { row: string; lacks: string }[] = [];
  for (const [table, column, target, key] of references) {
    const rows = await session.all<{ value: string | number }>(
      `select distinct ${table}.${column} as value from ${table} left join ${target} on ${target}.${key} = ${table}.${column}
       where ${table}.${column} is not null and ${target}.${key} is null`,
    );
    for (const { value } of rows) found.push({ row: `${table}.${column} ${value}`, lacks: target });
  }
  return found;
}

const references = [
  ['file', 'sha256', 'blob', 'sha256'],
  ['upstream_file', 'sha256', 'blob', 'sha256'],
  ['upstream_resource', 'sha256', 'blob', 'sha256'],
  ['upstream_file', 'upstream_id', 'upstream', 'id'],
  ['upstream_resource', 'upstream_id', 'upstream', 'id'],
  ['file', 'version_id', 'version', 'id'],
  ['file', 'package_id', 'package', 'id'],
  ['version', 'package_id', 'package', 'id'],
  ['package', 'project_id', 'project', 'id'],
  ['project', 'namespace_id', 'namespace', 'id'],
] as const;

/** Tags that name no version, or a version of another package. */
export function danglingTags(session: Session): Promise<{ format: string | null; name: string | null; tag: string }[]> {
  return session.all(
    `select package.format, package.name, tag.name as tag
     from tag left join version on version.id = tag.version_id left join package on package.id = tag.package_id
     where version.id is null or package.id is null or version.package_id <> tag.package_id`,
  );
}

export interface VersionToClose {
  readonly packageId: number;
  readonly projectId: number;
  /** `npm:left-pad@1.0.0` */
  readonly name: string;
  readonly status: string;
}

export function findVersionToClose(session: Session, id: number): Promise<VersionToClose | undefined> {
  return session.get<VersionToClose>(
    `select package.id as "packageId", package.project_id as "projectId", version.status,
       package.format || ':' || package.name || '@' || version.version as name
     from version join package on package.id = version.package_id where version.id = ?`,
    [id],
  );
}
