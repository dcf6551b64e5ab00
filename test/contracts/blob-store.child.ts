/** A process that uses a filesystem store and is killed, traced or starved by `filesystem-blobs.test.ts`. */
import { randomBytes } from 'node:crypto';
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { openFilesystemBlobs } from '../../src/blobs/filesystem.ts';

const [, , task = '', root = ''] = process.argv;
const mib = 1024 * 1024;
const unlimited = { maxSize: 1024 * mib };

const tasks: Record<string, (store: BlobStore) => Promise<void>> = {
  'commit-forever': commitForever,
  'commit-each-kind': commitEachKind,
  'commit-until-it-fails': commitUntilItFails,
  'fill-the-disk': fillTheDisk,
  'stream-much': streamMuch,
};

await tasks[task]?.(await openFilesystemBlobs(root));

/** Tells the parent at once, also when this process is killed a moment later. */
function tell(word: string, facts: unknown): void {
  writeSync(1, `${word} ${JSON.stringify(facts)}\n`);
}

async function commit(store: BlobStore, bytes: Buffer): Promise<string> {
  const staging = await store.stage(Readable.from([bytes]), unlimited);
  try {
    await staging.commit();
  } finally {
    await staging.discard();
  }
  tell('committed', staging.digests.sha256);
  return staging.digests.sha256;
}

async function commitForever(store: BlobStore): Promise<void> {
  const writer = async () => {
    for (let i = 0; ; i++) await commit(store, randomBytes(i % 4 === 0 ? 600_000 : 20_000));
  };
  await Promise.all([writer(), writer(), writer()]);
}

/** Small, large, and each of them again. */
async function commitEachKind(store: BlobStore): Promise<void> {
  for (const bytes of [Buffer.alloc(20_000, 's'), Buffer.alloc(700_000, 'l')]) {
    await commit(store, bytes);
    await commit(store, bytes);
  }
}

/** With a sync that fails: what the store says then, and afterwards. */
async function commitUntilItFails(store: BlobStore): Promise<void> {
  const kept = await commit(store, Buffer.from('kept'));
  const failed = Buffer.alloc(Number(process.argv[4]), 'x');
  tell('failed', {
    first: await codeOf(commit(store, failed)),
    again: await codeOf(commit(store, failed)),
    probe: await codeOf(store.probe()),
    read: (await store.read(kept)).toString(),
    staging: readdirSync(join(root, 'staging')),
  });
}

async function fillTheDisk(store: BlobStore): Promise<void> {
  const first = await commit(store, randomBytes(mib));
  const tooLarge = await codeOf(commit(store, randomBytes(8 * mib)));
  const afterTooLarge = readdirSync(join(root, 'staging'));
  let tooMany = '';
  while (tooMany === '') tooMany = await codeOf(commit(store, randomBytes(200_000)));
  const afterTooMany = readdirSync(join(root, 'staging'));
  const readable = (await store.read(first)).length === mib;
  await store.remove(first);
  const whenThereIsRoom = await codeOf(commit(store, randomBytes(200_000)));
  tell('filled', { tooLarge, afterTooLarge, tooMany, afterTooMany, readable, whenThereIsRoom });
}

async function streamMuch(store: BlobStore): Promise<void> {
  const size = 256 * mib;
  await commit(store, randomBytes(2 * mib));
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const staging = await store.stage(synthetic(size), { ...unlimited, expectedSize: size });
  await staging.commit();
  const grownBySending = peak - before;
  let count = 0;
  for await (const chunk of await store.open(staging.digests.sha256)) count += (chunk as Buffer).length;
  await staging.discard();
  clearInterval(watch);
  tell('streamed', { size: count, grownBySending, grownByReading: peak - before });
}

/** As a socket would give them: pieces of 64 KiB, each a new buffer. */
function synthetic(size: number): Readable {
  let left = size;
  return new Readable({
    read() {
      if (left === 0) {
        this.push(null);
        return;
      }
      const piece = Buffer.alloc(Math.min(left, 64 * 1024), left % 251);
      left -= piece.length;
      setImmediate(() => this.push(piece));
    },
  });
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return '';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
