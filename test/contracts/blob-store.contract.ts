import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BlobMissing } from '../../src/blobs/blob-store.ts';
import type { BlobInfo, BlobStore, Staging, StagingProgress } from '../../src/blobs/blob-store.ts';
import { problem } from '../../src/problems/problem.ts';
import { expectLent, expectSame } from './same-bytes.ts';
import { breaking, digestsOf, inPieces, pattern } from './upload-bodies.ts';

export interface OpenedStore {
  readonly store: BlobStore;
  /** Names of uploads that were neither committed nor discarded: looked at after each test, there may be none. */
  leftBehind(): Promise<readonly string[]>;
  /** Whether a blob that is written again gets a new time. */
  readonly renews: boolean;
  close(): Promise<void>;
}

const kib = 1024;
const mib = 1024 * kib;
const unlimited = { maxSize: 1024 * mib };
const absent = 'ab'.repeat(32);

/** What every blob store must do. `open` gives a new, empty one. */
export function blobStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`blob store: ${name}`, () => {
    let opened: OpenedStore;
    let store: BlobStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(async () => {
      const left = await opened.leftBehind();
      await opened.close();
      expect(left, 'left behind in staging').toEqual([]);
    });

    const stored = async (bytes: Buffer): Promise<string> => {
      const staging = await store.stage(inPieces(bytes), unlimited);
      await staging.commit();
      await staging.discard();
      return staging.digests.sha256;
    };

    const keys = async (): Promise<string[]> => (await all(store)).map((blob) => blob.sha256);

    describe('an upload', () => {
      test.each([0, 1, 100, 256 * kib - 1, 256 * kib, 256 * kib + 1, mib, 5 * mib, 5 * mib + 1])(
        'of %d bytes is staged, committed and read back',
        async (size) => {
          const bytes = pattern(size);
          const staging = await store.stage(inPieces(bytes), { ...unlimited, expectedSize: size });
          expect([staging.size, staging.digests]).toEqual([size, digestsOf(bytes)]);
          expect(await staging.read(size >> 1, size)).toEqual(bytes.subarray(size >> 1));
          expect(staging.bytes === null).toBe(size > 256 * kib);
          if (staging.bytes !== null) expect(staging.bytes.equals(bytes)).toBe(true);
          await expectSame(staging.open(), bytes);
          expect(await store.stat(staging.digests.sha256)).toBeNull();
          await staging.commit();
          await expectSame(staging.open(), bytes);
          await staging.discard();
          await expectSame(await store.open(staging.digests.sha256), bytes);
          await expectLent(await store.lend(staging.digests.sha256), bytes);
          expect((await store.read(staging.digests.sha256)).equals(bytes)).toBe(true);
        },
      );

      test('may come in one piece, in tiny ones, or as text', async () => {
        const bytes = pattern(3_000);
        const tiny = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
        for (const body of [Readable.from([bytes]), tiny]) {
          await expectStaged(store, body, bytes);
        }
        await expectStaged(store, Readable.from(['grün', '', 'e Wiese']), Buffer.from('grüne Wiese'));
      });

      test('may be staged and read twice at the same time', async () => {
        const bytes = pattern(700 * kib);
        const staging = await store.stage(inPieces(bytes), unlimited);
        await Promise.all([expectSame(staging.open(), bytes), expectSame(staging.open(), bytes)]);
        await staging.discard();
      });

      test.each([100 * kib, 1800 * kib])('of %d bytes may be read along', async (size) => {
        const bytes = pattern(size);
        const read: Buffer[] = [];
        let at = 0;
        let reading: Promise<void> = Promise.resolve();
        const readOn = async (progress: StagingProgress): Promise<void> => {
          for (let left = progress.readable - at; left > 0; left = progress.readable - at) {
            const chunk = Buffer.alloc(50 * kib);
            const count = await progress.read(at, chunk);
            if (count === 0) return;
            read.push(chunk.subarray(0, count));
            at += count;
          }
        };
        const onProgress = (progress: StagingProgress): void => {
          reading = reading.then(() => readOn(progress)).catch(() => undefined);
        };
        const staging = await store.stage(inPieces(bytes), { ...unlimited, onProgress });
        await reading;
        expect(at > 0 && Buffer.concat(read).equals(bytes.subarray(0, at))).toBe(true);
        await staging.discard();
      });

      test('that is slow is taken as it comes', async () => {
        const body = new PassThrough();
        const staged = store.stage(body, unlimited);
        for (let i = 0; i < 40; i++) {
          body.write(Buffer.alloc(10 * kib, i));
          await new Promise((resolve) => setImmediate(resolve));
        }
        body.end();
        const staging = await staged;
        expect(staging.size).toBe(400 * kib);
        await staging.discard();
      });
    });

    describe('commit and discard', () => {
      test.each([1000, 300 * kib])('a discarded upload of %d bytes leaves nothing', async (size) => {
        const staging = await store.stage(inPieces(pattern(size)), unlimited);
        await staging.discard();
        await staging.discard();
        expect(await all(store)).toEqual([]);
        await expect(staging.commit()).rejects.toThrow('after it was discarded');
      });

      test.each([1000, 300 * kib])('both may be repeated for %d bytes', async (size) => {
        const staging = await store.stage(inPieces(pattern(size)), unlimited);
        await Promise.all([staging.commit(), staging.commit()]);
        await staging.commit();
        await staging.discard();
        await staging.discard();
        await staging.commit();
        expect(await keys()).toEqual([staging.digests.sha256]);
      });

      test.each([1000, 300 * kib])('a discard during the commit of %d bytes waits for it', async (size) => {
        const staging = await store.stage(inPieces(pattern(size)), unlimited);
        await Promise.all([staging.commit(), staging.discard()]);
        expect(await keys()).toEqual([staging.digests.sha256]);
      });

      test.each([1000, 300 * kib])(
        'a blob of %d bytes that is there already is kept, and looks new where that can be',
        async (size) => {
          const bytes = pattern(size);
          const sha256 = await stored(bytes);
          const first = await store.stat(sha256);
          await new Promise((resolve) => setTimeout(resolve, 5));
          expect(await stored(bytes)).toBe(sha256);
          expect(await keys()).toEqual([sha256]);
          const second = await store.stat(sha256);
          if (opened.renews) expect(second?.modifiedAt).toBeGreaterThan(first?.modifiedAt ?? 0);
          await expectSame(await store.open(sha256), bytes);
        },
      );

      test.each([1000, 300 * kib])('a kept blob of %d bytes that is removed meanwhile is put back', async (size) => {
        const bytes = pattern(size);
        const sha256 = await stored(bytes);
        const staging = await store.stage(inPieces(bytes), unlimited);
        await staging.commit();
        await store.remove(sha256);
        await expectSame(staging.open(), bytes);
        await staging.commit();
        await expectSame(await store.open(sha256), bytes);
        await expectSame(staging.open(), bytes);
        await staging.commit();
        await staging.discard();
        expect(await keys()).toEqual([sha256]);
      });

      test.each([2000, 300 * kib])('20 equal uploads of %d bytes at once become one blob', async (size) => {
        const bytes = pattern(size);
        await Promise.all(Array.from({ length: 20 }, () => stored(bytes)));
        expect(await keys()).toEqual([digestsOf(bytes).sha256]);
        await expectSame(await store.open(digestsOf(bytes).sha256), bytes);
      });

      test('50 different uploads at once are all there', async () => {
        const uploads = Array.from({ length: 50 }, (_, index) => pattern(index % 5 === 0 ? 300 * kib : 999, index));
        const written = await Promise.all(uploads.map(stored));
        expect(await keys()).toEqual(written.toSorted());
        for (const [index, sha256] of written.entries()) {
          expect(sha256).toBe(digestsOf(uploads[index] ?? Buffer.alloc(0)).sha256);
        }
      });
    });

    describe('refused: ', () => {
      test.each([
        [1001, 1000],
        [300 * kib, 299 * kib],
        [1, 0],
      ])('%d bytes where %d are accepted', async (size, maxSize) => {
        await expect(store.stage(inPieces(pattern(size)), { maxSize })).rejects.toMatchObject({
          code: 'file-too-large',
        });
        expect(await all(store)).toEqual([]);
      });

      test('a body beyond the limit at once, without waiting for its end', async () => {
        const endless = new Readable({
          read() {
            this.push(Buffer.alloc(64 * kib));
          },
        });
        await expect(store.stage(endless, { maxSize: 2 * mib })).rejects.toMatchObject({ code: 'file-too-large' });
        expect(endless.destroyed, 'its owner may still want to answer').toBe(false);
        endless.destroy();
        const untouched = new PassThrough();
        await expect(store.stage(untouched, { maxSize: 5, expectedSize: 6 })).rejects.toMatchObject({
          code: 'file-too-large',
        });
      });

      test.each([
        [1000, 999],
        [1000, 1001],
        [0, 1],
        [1, 0],
        [300 * kib, 300 * kib + 1],
        [300 * kib, 300 * kib - 1],
      ])('%d bytes where %d were announced', async (size, expectedSize) => {
        await expect(store.stage(inPieces(pattern(size)), { ...unlimited, expectedSize })).rejects.toMatchObject({
          code: 'length-mismatch',
        });
      });

      test.each([0, 1000, 300 * kib, 3 * mib])('a body that breaks off after %d bytes', async (size) => {
        const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
        await expect(store.stage(breaking(pattern(size), reset), unlimited)).rejects.toMatchObject({
          code: 'incomplete-body',
          cause: reset,
        });
        await expect(store.stage(breaking(pattern(size), null), unlimited)).rejects.toMatchObject({
          code: 'incomplete-body',
        });
        expect(await all(store)).toEqual([]);
      });

      test('a body that was broken before, or that its owner destroyed with a problem', async () => {
        const gone = new PassThrough();
        gone.destroy();
        await expect(store.stage(gone, unlimited)).rejects.toMatchObject({ code: 'incomplete-body' });
        const refused = breaking(pattern(1000), problem('invalid-archive', 'No base64.'));
        await expect(store.stage(refused, unlimited)).rejects.toMatchObject({ code: 'invalid-archive' });
      });

      test.each([1000, 300 * kib])('%d bytes that are not what was promised', async (size) => {
        const bytes = pattern(size);
        const actual = digestsOf(bytes);
        for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'] as const) {
          const wrong = { ...actual, [algorithm]: '0'.repeat(actual[algorithm].length) };
          await expect(store.stage(inPieces(bytes), { ...unlimited, promised: wrong })).rejects.toMatchObject({
            code: 'digest-mismatch',
            reason: expect.stringContaining(algorithm) as string,
          });
          const promised = { [algorithm]: actual[algorithm].toUpperCase() };
          await (await store.stage(inPieces(bytes), { ...unlimited, promised })).discard();
        }
        expect(await all(store)).toEqual([]);
      });

      test('many broken uploads at once, while good ones pass', async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 30 }, async (_, index) => {
            const bytes = pattern(index % 2 === 0 ? 400 * kib : 900, index);
            if (index % 3 === 0) return stored(bytes);
            const body = breaking(bytes, new Error('aborted'));
            return (await store.stage(body, unlimited)).digests.sha256;
          }),
        );
        const good = outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
        expect(good.length).toBe(10);
        expect(await keys()).toEqual(good.toSorted());
      });
    });

    describe('reading', () => {
      test.each([1000, 300 * kib, 3 * mib])('ranges of %d bytes', async (size) => {
        const bytes = pattern(size);
        const sha256 = await stored(bytes);
        const ranges = [
          [0, 0],
          [0, size - 1],
          [1, size - 2],
          [size - 1, size - 1],
          [100, 199],
          [0, size + 1000],
          [size, size + 5],
        ] as const;
        for (const [start, end] of ranges) {
          await expectSame(await store.open(sha256, { start, end }), bytes.subarray(start, end + 1));
          await expectLent(await store.lend(sha256, { start, end }), bytes.subarray(start, end + 1));
        }
      });

      test('many readers of one blob at once', async () => {
        const bytes = pattern(2 * mib);
        const sha256 = await stored(bytes);
        await Promise.all(Array.from({ length: 10 }, async () => expectSame(await store.open(sha256), bytes)));
        await Promise.all(Array.from({ length: 100 }, async () => expectLent(await store.lend(sha256), bytes)));
      });

      test('a reader may leave early', async () => {
        const sha256 = await stored(pattern(3 * mib));
        for await (const _chunk of await store.open(sha256)) break;
        (await store.open(sha256)).destroy();
        (await store.open(sha256, { start: 5, end: 10 })).destroy();
        await expectSame(await store.open(sha256, { start: 0, end: 1 }), pattern(3 * mib).subarray(0, 2));
      });

      test('a blob that is not there is missing', async () => {
        for (const key of [absent, '', '..', '../../etc/passwd', absent.toUpperCase(), `${absent}/`, `${absent}\0`]) {
          await expect(store.open(key)).rejects.toBeInstanceOf(BlobMissing);
          await expect(store.lend(key)).rejects.toBeInstanceOf(BlobMissing);
          await expect(store.read(key)).rejects.toBeInstanceOf(BlobMissing);
          expect(await store.stat(key)).toBeNull();
          await store.remove(key);
        }
      });

      test('size and time are told', async () => {
        const before = Date.now() - 1_000;
        const sha256 = await stored(pattern(1234));
        const info = await store.stat(sha256);
        expect(info).toEqual({ sha256, size: 1234, modifiedAt: expect.any(Number) as number });
        expect(info?.modifiedAt).toBeGreaterThan(before);
        expect(info?.modifiedAt).toBeLessThan(Date.now() + 1_000);
        expect(Number.isInteger(info?.modifiedAt)).toBe(true);
      });
    });

    describe('keeping house', () => {
      test('removes one blob and no other', async () => {
        const kept = await stored(pattern(10, 1));
        const removed = await stored(pattern(10, 2));
        await store.remove(removed);
        await store.remove(removed);
        expect(await keys()).toEqual([kept]);
        await expect(store.read(removed)).rejects.toBeInstanceOf(BlobMissing);
        expect(await stored(pattern(10, 2))).toBe(removed);
        expect(await keys()).toEqual([kept, removed].toSorted());
      });

      test('a reader that has begun gets all of a blob that is removed meanwhile', async () => {
        const bytes = pattern(3 * mib);
        const sha256 = await stored(bytes);
        const stream = await store.open(sha256);
        await store.remove(sha256);
        await expectSame(stream, bytes);
      });

      test('lists every blob in the order of its key', async () => {
        expect(await all(store)).toEqual([]);
        const written = await Promise.all(Array.from({ length: 40 }, (_, index) => stored(pattern(20 + index, index))));
        const listed = await all(store);
        expect(listed.map((blob) => blob.sha256)).toEqual(written.toSorted());
        for (const blob of listed) expect(blob).toEqual(await store.stat(blob.sha256));
      });

      test('reaps what is old in staging, and only that', async () => {
        await stored(pattern(400 * kib, 7));
        const staging = await store.stage(inPieces(pattern(400 * kib)), unlimited);
        expect(await store.reapStaging(Date.now() - 60_000)).toBe(0);
        expect((await opened.leftBehind()).length).toBe(1);
        expect(await store.reapStaging(Date.now() + 60_000)).toBe(1);
        expect(await opened.leftBehind()).toEqual([]);
        await staging.discard();
        expect((await all(store)).length).toBe(1);
      });

      test('says that it takes writes, and leaves no trace of trying', async () => {
        await store.probe();
        await Promise.all([store.probe(), store.probe()]);
        expect(await all(store)).toEqual([]);
      });
    });
  });
}

async function all(store: BlobStore): Promise<BlobInfo[]> {
  const blobs: BlobInfo[] = [];
  for await (const blob of store.list()) blobs.push(blob);
  return blobs;
}

async function expectStaged(store: BlobStore, body: Readable, bytes: Buffer): Promise<void> {
  const staging: Staging = await store.stage(body, unlimited);
  expect(staging.digests).toEqual(digestsOf(bytes));
  await staging.discard();
}
