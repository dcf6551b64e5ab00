/** SQL of collect-garbage. Each statement repeats its condition, so that what changed since the look is left alone. */
import type { BlobInfo } from '../blobs/blob-store.ts';
import { lockBlob } from '../catalog/row-locks.ts';
import type { Session, Transaction } from '../database/database.ts';

export interface BlobRow {
  readonly sha256: string;
  readonly size: number;
  readonly orphanedAt: number | null;
  readonly doomedAt: number | null;
  /** 1 when a file, or something fetched from an upstream, refers to it. */
  readonly referenced: 0 | 1;
}

const unreferenced = `not exists (select 1 from file where file.sha256 = blob.sha256)
  and not exists (select 1 from upstream_file where upstream_file.sha256 = blob.sha256)
  and not exists (select 1 from upstream_resource where upstream_resource.sha256 = blob.sha256)`;

/** Rows in order of their key, after `key`. */
export function blobRowsAfter(session: Session, key: string, limit: number): Promise<BlobRow[]> {
  return session.all<BlobRow>(
    `select sha256, size, orphaned_at as "orphanedAt", doomed_at as "doomedAt",
       case when ${unreferenced} then 0 else 1 end as referenced
     from blob where sha256 > ? order by sha256 limit ?`,
    [key, limit],
  );
}

/** Which of the keys between `first` and `last`, both included, have a row. */
export async function knownBlobs(session: Session, first: string, last: string): Promise<ReadonlySet<string>> {
  const rows = await session.all<{ sha256: string }>('select sha256 from blob where sha256 >= ? and sha256 <= ?', [
    first,
    last,
  ]);
  return new Set(rows.map((row) => row.sha256));
}

/** First phase: from now on the blob is an orphan, unless something refers to it. */
export async function markOrphan(tx: Transaction, sha256: string, now: number): Promise<number> {
  await lockBlob(tx, sha256);
  return tx.run(
    `update blob set orphaned_at = ?
     where sha256 = ? and orphaned_at is null and doomed_at is null and ${unreferenced}`,
    [now, sha256],
  );
}

export function clearMark(tx: Transaction, sha256: string): Promise<number> {
  return tx.run('update blob set orphaned_at = null where sha256 = ? and doomed_at is null', [sha256]);
}

/** Second phase: after this commits, and until `forget`, no publish can take the blob. */
export async function doomOrphan(tx: Transaction, sha256: string, cutoff: number, now: number): Promise<boolean> {
  await lockBlob(tx, sha256);
  const changed = await tx.run(
    `update blob set doomed_at = ?
     where sha256 = ? and orphaned_at <= ? and doomed_at is null and ${unreferenced}`,
    [now, sha256, cutoff],
  );
  return changed === 1;
}

/** The same for bytes that no row knows. */
export async function doomUnknown(
  tx: Transaction,
  { sha256, size }: Omit<BlobInfo, 'modifiedAt'>,
  now: number,
): Promise<boolean> {
  const changed = await tx.run(
    `insert into blob (sha256, size, md5, sha1, sha512, created_at, orphaned_at, doomed_at)
     values (?, ?, '', '', '', ?, ?, ?)
     on conflict (sha256) do nothing`,
    [sha256, size, now, now, now],
  );
  return changed === 1;
}

/** Takes a blob over from a collector that did not finish; `before` is the latest time it may have begun. */
export async function takeOver(tx: Transaction, sha256: string, before: number, now: number): Promise<boolean> {
  const changed = await tx.run('update blob set doomed_at = ? where sha256 = ? and doomed_at <= ?', [
    now,
    sha256,
    before,
  ]);
  return changed === 1;
}

/** The bytes are gone: so is the row, if it is still this collector's. */
export function forget(tx: Transaction, sha256: string, doomedAt: number): Promise<number> {
  return tx.run('delete from blob where sha256 = ? and doomed_at = ?', [sha256, doomedAt]);
}
