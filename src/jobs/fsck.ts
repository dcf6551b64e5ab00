import type { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../database/database.ts';
import { checkBlobs } from './fsck-blobs.ts';
import { checkCatalog } from './fsck-catalog.ts';
import type { Finding, Report } from './fsck-finding.ts';
import { repair } from './fsck-repair.ts';

export type { Finding } from './fsck-finding.ts';

export interface FsckOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
  /** Compares sizes only, without reading all bytes. */
  readonly quick: boolean;
  /** Milliseconds that bytes without a package are no problem: a publish may be under way. */
  readonly grace: number;
  /** Most bytes read in a second; unlimited when left out. */
  readonly rate?: number | undefined;
  readonly onFinding: Report;
  /** What to do about findings; nothing when left out. */
  readonly repair?: { readonly quarantine: string; readonly onRepair: (message: string) => void } | undefined;
}

export interface Checked {
  readonly blobs: number;
  /** Bytes that were read and hashed. */
  readonly bytes: number;
  readonly versions: number;
  readonly problems: number;
  readonly notices: number;
}

/** Checks that packages and stored bytes agree. Runs beside a server: what changes meanwhile is looked at again. */
export async function fsck(options: FsckOptions): Promise<Checked> {
  const { database, blobs, now, quick, grace, rate = Number.POSITIVE_INFINITY } = options;
  const findings: Finding[] = [];
  const report: Report = (finding) => {
    findings.push(finding);
    options.onFinding(finding);
  };
  const versions = await checkCatalog(database, report);
  const seen = await checkBlobs({ database, blobs, quick, cutoff: now() - grace, rate, report });
  if (options.repair !== undefined) await repair(findings, { database, blobs, now, ...options.repair });
  const problems = findings.filter(({ level }) => level === 'problem').length;
  return { ...seen, versions, problems, notices: findings.length - problems };
}
