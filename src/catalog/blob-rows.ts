import type { Session } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';

/**
 * Records bytes that the blob store already holds durably, and takes them back from collect-garbage when it had marked
 * them: a blob row that a file refers to is never orphaned.
 */
export function upsertBlob(tx: Session, digests: Digests, size: number, now: number): Promise<number> {
  return tx.run(
    `insert into blob (sha256, size, md5, sha1, sha512, created_at) values (?, ?, ?, ?, ?, ?)
     on conflict (sha256) do update set orphaned_at = null`,
    [digests.sha256, size, digests.md5, digests.sha1, digests.sha512, now],
  );
}
