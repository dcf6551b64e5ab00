/** Compares the bytes in the store with the rows that describe them. Both come in order of their key. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BlobInfo, BlobStore } from '../blobs/blob-store.ts';
import { BlobMissing } from '../blobs/blob-store.ts';
import type { Database } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';
import { DigestSet } from '../lib/digests.ts';
import type { Finding, Report } from './fsck-finding.ts';
import type { BlobRecord } from './fsck.store.ts';
import { blobRecords, cachedWithBytes, filesWithBytes, findBlobRecord } from './fsck.store.ts';

export interface BlobCheck {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** Compares sizes only. */
  readonly quick: boolean;
  /** Bytes without a row that were written at this time or before are a problem: collect-garbage should have had them. */
  readonly cutoff: number;
  /** Most bytes read in a second. */
  readonly rate: number;
  readonly report: Report;
}

/** Returns how many blobs and bytes were looked at. */
export async function checkBlobs(check: BlobCheck): Promise<{ blobs: number; bytes: number }> {
  const started = performance.now();
  const seen = { blobs: 0, bytes: 0 };
  for await (const { record, info } of pairs(check)) {
    seen.blobs += 1;
    if (record === null) await judgeUnknown(check, info);
    else await judge(check, record, info);
    if (check.quick || record === null) continue;
    seen.bytes += record.size;
    const ahead = (seen.bytes / check.rate) * 1000 - (performance.now() - started);
    if (ahead > 0) await pause(ahead);
  }
  return seen;
}

type Pair =
  | { readonly record: BlobRecord; readonly info: BlobInfo | null }
  | { readonly record: null; readonly info: BlobInfo };

/** Joins two sorted streams by key. */
async function* pairs({ database, blobs }: BlobCheck): AsyncGenerator<Pair> {
  const records = blobRecords(database);
  const infos = blobs.list()[Symbol.asyncIterator]();
  let record = (await records.next()).value as BlobRecord | undefined;
  let info = (await infos.next()).value as BlobInfo | undefined;
  while (record !== undefined || info !== undefined) {
    const recordFirst = info === undefined || (record !== undefined && record.sha256 <= info.sha256);
    const both = record?.sha256 === info?.sha256;
    if (record !== undefined && recordFirst) {
      yield { record, info: both ? (info ?? null) : null };
      record = (await records.next()).value as BlobRecord | undefined;
      if (!both) continue;
    } else if (info !== undefined) yield { record: null, info };
    info = (await infos.next()).value as BlobInfo | undefined;
  }
}

async function judge(check: BlobCheck, record: BlobRecord, listed: BlobInfo | null): Promise<void> {
  if (record.doomedAt !== null) return;
  const { sha256, size } = record;
  // Published after the list was read, perhaps.
  const info = listed ?? (await check.blobs.stat(sha256));
  if (info === null) return reportMissing(check, record);
  if (info.size !== size) {
    const sizes = `${info.size} bytes where ${size} were published`;
    return reportDamage(check, record, 'wrong-size', `The blob ${sha256} has ${sizes}`);
  }
  if (!check.quick) await checkDigests(check, record);
}

async function checkDigests(check: BlobCheck, record: BlobRecord): Promise<void> {
  try {
    const actual = await digestsOf(check.blobs, record.sha256);
    const wrong = (['sha256', 'sha512', 'sha1', 'md5'] as const).find((name) => actual[name] !== record[name]);
    if (wrong === undefined) return;
    const what = `The ${wrong} of the blob ${record.sha256} is ${actual[wrong]}, not ${record[wrong]}`;
    await reportDamage(check, record, 'wrong-digest', what);
  } catch (error) {
    if (error instanceof BlobMissing) return reportMissing(check, record);
    const reason = error instanceof Error ? error.message : String(error);
    await reportDamage(check, record, 'unreadable-blob', `The blob ${record.sha256} can't be read (${reason})`);
  }
}

async function digestsOf(blobs: BlobStore, sha256: string): Promise<Digests> {
  const digests = new DigestSet();
  for await (const chunk of await blobs.open(sha256)) digests.update(chunk as Buffer);
  return digests.finish();
}

async function reportMissing(check: BlobCheck, { sha256, size }: BlobRecord): Promise<void> {
  const now = await findBlobRecord(check.database, sha256);
  // Collected meanwhile.
  if (now === undefined || now.doomedAt !== null) return;
  await reportDamage(check, now, 'missing-blob', `The blob ${sha256} of ${size} bytes is missing`);
}

async function reportDamage(
  { database, report }: BlobCheck,
  { sha256, size }: BlobRecord,
  kind: Finding['kind'],
  what: string,
): Promise<void> {
  const files = await filesWithBytes(database, sha256);
  const names = files.map(
    ({ project, format, name, version, file }) => `${file} of ${format}:${name}@${version} in ${project}`,
  );
  names.push(...(await cachedWithBytes(database, sha256)));
  const level = names.length === 0 ? 'notice' : 'problem';
  const used = names.length === 0 ? 'nothing refers to it' : `it is ${names.join(', ')}`;
  const versionIds = [...new Set(files.map(({ versionId }) => versionId))];
  report({ kind, level, message: `${what}; ${used}.`, sha256, size, versionIds });
}

async function judgeUnknown(
  { database, cutoff, report }: BlobCheck,
  { sha256, size, modifiedAt }: BlobInfo,
): Promise<void> {
  // Published after the rows were read, perhaps.
  if ((await findBlobRecord(database, sha256)) !== undefined) return;
  const level = modifiedAt <= cutoff ? 'problem' : 'notice';
  const why =
    level === 'problem' ? 'collect-garbage has not removed them' : 'a publish is under way, or was interrupted';
  report({ kind: 'orphan-blob', level, message: `No package knows the bytes ${sha256}: ${why}.`, sha256, size });
}
