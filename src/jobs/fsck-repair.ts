/** The little that fsck does about its findings: nothing is deleted, so that a wrong finding costs nothing. */
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobStore } from '../blobs/blob-store.ts';
import { insertAudit } from '../catalog/events.ts';
import { bumpRevision } from '../catalog/packages.ts';
import { touchVersion } from '../catalog/versions.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { Finding } from './fsck-finding.ts';
import { findVersionToClose } from './fsck.store.ts';
import { removeBlobs } from './remove-blobs.ts';

export interface RepairOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
  /** Where bytes that nothing knows are moved. */
  readonly quarantine: string;
  /** Told, in a sentence, of each thing done, or not done. */
  readonly onRepair: (message: string) => void;
}

const closing: ReadonlySet<Finding['kind']> = new Set([
  'missing-blob',
  'wrong-size',
  'wrong-digest',
  'unreadable-blob',
]);

/** Closes versions whose bytes are missing or damaged, and moves bytes that nothing knows out of the store. */
export async function repair(findings: readonly Finding[], options: RepairOptions): Promise<void> {
  for (const finding of findings) {
    if (finding.level !== 'problem') continue;
    if (closing.has(finding.kind)) await closeVersions(finding, options);
    if (finding.kind === 'orphan-blob') await moveToQuarantine(finding, options);
  }
}

async function closeVersions({ versionIds = [], message }: Finding, options: RepairOptions): Promise<void> {
  for (const id of versionIds) {
    const closed = await options.database.transaction((tx) => closeVersion(tx, id, message, options.now()));
    if (closed !== null)
      options.onRepair(
        `Closed ${closed}: it has the status "error". Restore the bytes, or remove the version and publish it again.`,
      );
  }
}

/** The name of the version, or `null` when there was nothing to do. */
async function closeVersion(tx: Transaction, id: number, reason: string, now: number): Promise<string | null> {
  const version = await findVersionToClose(tx, id);
  if (version === undefined || version.status === 'error') return null;
  const revision = await bumpRevision(tx, version.packageId, now, 'change');
  if (revision === undefined) return null;
  await touchVersion(tx, id, revision, now, 'error');
  const { projectId, name } = version;
  const entry = { actor: 'system', action: 'package.close', projectId, subject: name, details: { reason } };
  await insertAudit(tx, entry, now);
  return name;
}

async function moveToQuarantine({ sha256 = '', size = 0 }: Finding, options: RepairOptions): Promise<void> {
  const { database, blobs, now, quarantine, onRepair } = options;
  const removed = await removeBlobs([{ sha256, size, reason: 'unknown' }], {
    database,
    blobs,
    now,
    cutoff: now(),
    beforeRemoval: async () => copy(await blobs.open(sha256), quarantine, sha256),
    onFailure: (_, error) =>
      onRepair(`${sha256} was not moved: ${error instanceof Error ? error.message : String(error)}`),
  });
  if (removed.length > 0) onRepair(`Moved ${sha256} to ${join(quarantine, sha256)}.`);
}

async function copy(from: Readable, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `${name}.unfinished`);
  const file = await open(unfinished, 'w', 0o600);
  try {
    for await (const chunk of from) await file.write(chunk as Buffer);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(folder, name));
}
