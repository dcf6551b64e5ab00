import type { Session } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';
import { contains } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

/** A file of an upstream that is here. */
export interface CachedFile {
  readonly id: number;
  readonly upstreamId: number;
  /** Names it within its upstream, whichever way a client asked. */
  readonly fileKey: string;
  /** Where it lies upstream, below the base URL or whole. */
  readonly path: string;
  readonly nameKey: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly version: string | null;
  readonly publishedAt: number | null;
  /** As the upstream said when it was fetched; `null` = it didn't, or nobody asked. */
  readonly license: string | null;
  readonly fileName: string;
  readonly size: number;
  readonly digests: Digests;
  readonly mutable: boolean;
  readonly etag: string | null;
  readonly checkedAt: number;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly downloads: number;
}

interface CachedFileRow extends Omit<CachedFile, 'digests' | 'mutable'>, Digests {
  readonly mutable: 0 | 1;
}

const columns = `f.id, f.upstream_id as "upstreamId", f.file_key as "fileKey", f.path, f.name_key as "nameKey", f.name,
  f.namespace, f.version, f.published_at as "publishedAt", f.license, f.file_name as "fileName", f.mutable, f.etag,
  f.checked_at as "checkedAt", f.created_at as "createdAt", f.last_used_at as "lastUsedAt", f.downloads,
  blob.size, blob.md5, blob.sha1, blob.sha256, blob.sha512`;
const from = 'upstream_file f join blob on blob.sha256 = f.sha256';

function toCached({ md5, sha1, sha256, sha512, mutable, ...row }: CachedFileRow): CachedFile {
  return { ...row, mutable: mutable === 1, digests: { md5, sha1, sha256, sha512 } };
}

export async function findCachedFile(
  session: Session,
  upstreamId: number,
  fileKey: string,
): Promise<CachedFile | undefined> {
  const row = await session.get<CachedFileRow>(
    `select ${columns} from ${from} where f.upstream_id = ? and f.file_key = ?`,
    [upstreamId, fileKey],
  );
  return row === undefined ? undefined : toCached(row);
}

export async function findCachedFileById(session: Session, id: number): Promise<CachedFile | undefined> {
  const row = await session.get<CachedFileRow>(`select ${columns} from ${from} where f.id = ?`, [id]);
  return row === undefined ? undefined : toCached(row);
}

export type NewCachedFile = Omit<
  CachedFile,
  'id' | 'size' | 'digests' | 'license' | 'createdAt' | 'lastUsedAt' | 'downloads'
> & {
  readonly sha256: string;
  readonly license?: string | null;
};

/** Its bytes must have a row already; an older file of that key is replaced. */
export async function putCachedFile(tx: Session, file: NewCachedFile, now: number): Promise<void> {
  await tx.run(
    `insert into upstream_file (upstream_id, file_key, path, name_key, name, namespace, version, published_at, license,
       file_name, sha256, mutable, etag, checked_at, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (upstream_id, file_key) do update set path = excluded.path, sha256 = excluded.sha256,
       mutable = excluded.mutable, etag = excluded.etag, checked_at = excluded.checked_at,
       created_at = excluded.created_at, published_at = excluded.published_at, license = excluded.license`,
    [
      file.upstreamId,
      file.fileKey,
      file.path,
      file.nameKey,
      file.name,
      file.namespace,
      file.version,
      file.publishedAt,
      file.license ?? null,
      file.fileName,
      file.sha256,
      file.mutable ? 1 : 0,
      file.etag,
      file.checkedAt,
      now,
    ],
  );
}

export function touchCachedFile(tx: Session, id: number, now: number): Promise<number> {
  return tx.run('update upstream_file set checked_at = ? where id = ?', [now, id]);
}

/** The digest that a file had when it was first seen. */
export async function pinOf(session: Session, upstreamId: number, fileKey: string): Promise<string | null> {
  const row = await session.get<{ sha256: string }>(
    'select sha256 from upstream_pin where upstream_id = ? and file_key = ?',
    [upstreamId, fileKey],
  );
  return row?.sha256 ?? null;
}

/** The digest that is pinned now: this one, unless there was one before. */
export async function pinFile(
  tx: Session,
  pin: { upstreamId: number; fileKey: string; sha256: string },
  now: number,
): Promise<string> {
  await tx.run(
    `insert into upstream_pin (upstream_id, file_key, sha256, first_seen_at) values (?, ?, ?, ?)
     on conflict (upstream_id, file_key) do nothing`,
    [pin.upstreamId, pin.fileKey, pin.sha256, now],
  );
  return (await pinOf(tx, pin.upstreamId, pin.fileKey)) ?? pin.sha256;
}

/** Another site under the same upstream: what was first seen there says nothing any more. */
export function forgetPins(tx: Session, upstreamId: number): Promise<number> {
  return tx.run('delete from upstream_pin where upstream_id = ?', [upstreamId]);
}

export async function listCachedFiles(
  session: Session,
  filter: { upstreamId: number; search?: string | undefined },
  options: ListOptions<'id'>,
): Promise<Listing<CachedFile>> {
  const { sql, params } =
    filter.search === undefined || filter.search === ''
      ? { sql: '1 = 1', params: [] }
      : contains(['f.path', 'f.name', 'f.file_name'], filter.search);
  const where = { sql: `f.upstream_id = ? and (${sql})`, params: [filter.upstreamId, ...params] };
  const query = { columns, from, where, id: 'f.id', orderColumns: { id: 'f.id' } };
  const { items, total } = await list<CachedFileRow, 'id'>(session, query, options);
  return { items: items.map(toCached), total };
}

export function deleteCachedFile(tx: Session, id: number): Promise<number> {
  return tx.run('delete from upstream_file where id = ?', [id]);
}

export function purgeFiles(tx: Session, upstreamId: number): Promise<number> {
  return tx.run('delete from upstream_file where upstream_id = ?', [upstreamId]);
}

/** Adds downloads that were counted in memory. */
export function countUse(tx: Session, id: number, downloads: number, now: number): Promise<number> {
  return tx.run('update upstream_file set downloads = downloads + ?, last_used_at = ? where id = ?', [
    downloads,
    now,
    id,
  ]);
}
