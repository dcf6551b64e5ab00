/**
 * Keeps a publish and collect-garbage from crossing. A publish makes its bytes durable before its transaction, so bytes
 * could be removed in between; `docs/decisions/0010-removing-bytes.md` says why the following is safe.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Session, Transaction } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';
import { problem } from '../problems/problem.ts';

export interface ClaimedBlob {
  readonly digests: Digests;
  readonly size: number;
}

export interface Claim {
  readonly blobs: readonly ClaimedBlob[];
  /** Makes the bytes durable; repeated when collect-garbage was at work on one of them. */
  readonly commit: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds to wait for collect-garbage; 2,000 when left out. */
  readonly patience?: number;
}

/** A collector that has not finished with a blob after this time is taken for dead. It gives up much earlier itself. */
export const collectorLifetime = 10 * 60_000;

const pauseMs = 50;
const collection = 'last-blob-collection';

/** The last collection that this process has seen, by database. An old one costs a repetition, no more. */
const seen = new WeakMap<Database, string>();

/** The bytes may have been removed after they were committed: commit them again and repeat the transaction. */
class BlobCollected extends Error {
  readonly doomed: { readonly sha256: string; readonly doomedAt: number } | null;

  constructor(doomed: { readonly sha256: string; readonly doomedAt: number } | null) {
    super('collect-garbage was at work on these bytes');
    this.name = 'BlobCollected';
    this.doomed = doomed;
  }
}

/**
 * Commits bytes, then runs `work` in a transaction that has recorded them: files made in it may refer to them. Repeats
 * both when collect-garbage came between; `storage-unavailable` when it does not get out of the way in time.
 */
export async function commitBlobs<T>(
  database: Database,
  claim: Claim,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const patience = claim.patience ?? 2000;
  for (let waited = 0; waited < patience; waited += pauseMs) {
    const before = seen.get(database) ?? (await look(database));
    await claim.commit();
    try {
      return await database.transaction(async (tx) => {
        await recordBlobs(tx, claim);
        await refuseIfCollected(database, tx, before);
        return work(tx);
      });
    } catch (error) {
      if (!(error instanceof BlobCollected)) throw error;
      if (error.doomed !== null) await outlive(database, error.doomed, claim.now());
    }
  }
  throw problem('storage-unavailable', 'These bytes are being cleaned up. Publish again in a few minutes.', {
    'retry-after': '60',
  });
}

/** Names the last time that collect-garbage removed bytes; empty when it never did. */
async function lastCollection(session: Session): Promise<string> {
  const row = await session.get<{ value: string }>('select value from setting where name = ?', [collection]);
  return row?.value ?? '';
}

/** To be called in the transaction that forgets removed blobs. Random, so that no value ever comes back. */
export async function noteCollection(tx: Transaction): Promise<void> {
  await tx.run(
    'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    [collection, randomUUID()],
  );
}

async function look(database: Database): Promise<string> {
  const last = await lastCollection(database);
  seen.set(database, last);
  return last;
}

/** Takes the rows first: from here on collect-garbage waits for this transaction, and finds the blobs in use. */
async function recordBlobs(tx: Transaction, { blobs, now }: Claim): Promise<void> {
  // In one order everywhere, so that two publishes of the same bytes don't wait for each other.
  const sorted = [...blobs].sort((a, b) => (a.digests.sha256 < b.digests.sha256 ? -1 : 1));
  for (const { digests, size } of sorted) {
    const { sha256, md5, sha1, sha512 } = digests;
    const row = await tx.get<{ doomedAt: number | null }>(
      `insert into blob (sha256, size, md5, sha1, sha512, created_at) values (?, ?, ?, ?, ?, ?)
       on conflict (sha256) do update set orphaned_at = null
       returning doomed_at as "doomedAt"`,
      [sha256, size, md5, sha1, sha512, now()],
    );
    const doomedAt = row?.doomedAt ?? null;
    if (doomedAt !== null) throw new BlobCollected({ sha256, doomedAt });
  }
}

/** After the rows: a collection that finished before they were taken is visible by now. */
async function refuseIfCollected(database: Database, tx: Transaction, before: string): Promise<void> {
  const now = await lastCollection(tx);
  if (now === before) return;
  seen.set(database, now);
  throw new BlobCollected(null);
}

/** Waits for the collector, or takes over from a dead one: without a row the bytes count as never recorded. */
async function outlive(
  database: Database,
  { sha256, doomedAt }: { readonly sha256: string; readonly doomedAt: number },
  now: number,
): Promise<void> {
  if (now - doomedAt <= collectorLifetime) {
    await pause(pauseMs);
    return;
  }
  await database.transaction(async (tx) => {
    await tx.run('delete from blob where sha256 = ? and doomed_at = ?', [sha256, doomedAt]);
    await noteCollection(tx);
  });
}
