/** One Generic package in a real database, with its bytes in a real folder: for tests of jobs that look after both. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { openBlobs } from '../../src/blobs/connect.ts';
import { commitBlobs } from '../../src/catalog/blob-claims.ts';
import type { Database } from '../../src/database/database.ts';
import { openCatalogue } from './catalogue.ts';

export interface PublishHooks {
  /** Called after the first commit of the bytes, before the transaction. */
  committed?(): Promise<void>;
  /** How often the bytes were committed. */
  attempts?: number;
  /** Milliseconds that the publish waits for a collection; 200 when left out. */
  readonly patience?: number;
}

export interface StoredPackages {
  readonly folder: string;
  readonly database: Database;
  readonly blobs: BlobStore;
  /** Milliseconds since the epoch; tests move it. */
  now: number;
  /** A version with one file, in the order of a publish: stage, commit, one transaction. Resolves with the SHA-256. */
  publish(bytes: Buffer, hooks?: PublishHooks): Promise<string>;
  unpublish(sha256: string): Promise<void>;
  /** The bytes reach the store, and the transaction never comes. */
  crashedPublish(bytes: Buffer): Promise<string>;
  pathOf(sha256: string): string;
  /** SHA-256 of all stored blobs. */
  stored(): Promise<string[]>;
  /** Throws unless the bytes of every file are there. */
  expectWhole(): Promise<void>;
  close(): Promise<void>;
}

/** `blobs` are shared by the tests of a file (making 256 folders takes a while) and emptied by `close`. */
export async function openStoredPackages(folder: string, blobs: BlobStore): Promise<StoredPackages> {
  const catalogue = await openCatalogue();
  const database = catalogue.db;
  await catalogue.group('g');
  const project = await catalogue.project('g/p');
  const { id: packageId } = (await database.get<{ id: number }>(
    `insert into package (project_id, format, name_key, name, search_text, revision, created_at, updated_at)
     values (?, 'generic', 'a', 'a', 'a', 1, 0, 0) returning id`,
    [project.id],
  )) ?? { id: 0 };
  const packages: StoredPackages = {
    folder,
    database,
    blobs,
    now: Date.now(),
    publish: (bytes, hooks = {}) => publish(packages, packageId, bytes, hooks),
    async unpublish(sha256) {
      await database.run('delete from version where id in (select version_id from file where sha256 = ?)', [sha256]);
    },
    async crashedPublish(bytes) {
      const staging = await blobs.stage(Readable.from([bytes]), { maxSize: 1e9 });
      await staging.commit();
      await staging.discard();
      return staging.digests.sha256;
    },
    pathOf: (sha256) => join(folder, 'blobs', 'sha256', sha256.slice(0, 2), sha256),
    async stored() {
      const keys: string[] = [];
      for await (const { sha256 } of blobs.list()) keys.push(sha256);
      return keys;
    },
    async expectWhole() {
      for (const { sha256 } of await database.all<{ sha256: string }>('select sha256 from file')) {
        const actual = createHash('sha256')
          .update(await blobs.read(sha256))
          .digest('hex');
        if (actual !== sha256) throw new Error(`the blob ${sha256} holds ${actual}`);
      }
    },
    async close() {
      await catalogue.close();
      for (const key of await packages.stored()) await blobs.remove(key);
    },
  };
  return packages;
}

export async function openBlobFolder(): Promise<{ folder: string; blobs: BlobStore; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'packyard-blobs-'));
  return { folder, blobs: await openBlobs(`file:${folder}`), remove: () => rm(folder, { recursive: true }) };
}

let versions = 0;

async function publish(
  { database, blobs, now }: StoredPackages,
  packageId: number,
  bytes: Buffer,
  hooks: PublishHooks,
): Promise<string> {
  const staging = await blobs.stage(Readable.from([bytes]), { maxSize: 1e9 });
  const { digests } = staging;
  const commit = async (): Promise<void> => {
    hooks.attempts = (hooks.attempts ?? 0) + 1;
    await staging.commit();
    if (hooks.attempts === 1) await hooks.committed?.();
  };
  try {
    await commitBlobs(
      database,
      { blobs: [staging], commit, now: () => now, patience: hooks.patience ?? 200 },
      async (tx) => {
        versions += 1;
        const version = await tx.get<{ id: number }>(
          `insert into version (package_id, version_key, version, manifest, status, revision, created_at, updated_at)
         values (?, ?, ?, '{}', 'default', 1, ?, ?) returning id`,
          [packageId, `1.0.${versions}`, `1.0.${versions}`, now, now],
        );
        await tx.run(
          `insert into file (version_id, package_id, name, role, sha256, created_at) values (?, ?, 'f', 'asset', ?, ?)`,
          [version?.id ?? 0, packageId, digests.sha256, now],
        );
      },
    );
  } finally {
    await staging.discard();
  }
  return digests.sha256;
}
