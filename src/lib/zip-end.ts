/**
 * Where a ZIP archive's central directory lies, by the end records (APPNOTE 6.3.10, 4.3.14 to 4.3.16). Readers look for
 * them in different ways; an archive in which they would find different ones is refused.
 */
import { InvalidArchive } from './invalid-archive.ts';
import type { ZipSource } from './zip-source.ts';

export interface DirectoryPlace {
  readonly start: number;
  readonly size: number;
  readonly entryCount: number;
  /** Bytes before the archive proper, which offsets in it don't count. */
  readonly base: number;
}

interface Stated {
  readonly size: number;
  readonly offset: number;
  readonly entryCount: number;
}

const endSize = 22;
const locatorSize = 20;
const maxComment = 0xffff;
const endSignature = Buffer.from('PK\u0005\u0006', 'latin1');
const locatorSignature = 0x07064b50;
const zip64Signature = 0x06064b50;

export async function findDirectory(source: ZipSource): Promise<DirectoryPlace> {
  if (source.size < endSize) throw new InvalidArchive('The archive is too short for a ZIP file.');
  await checkMagic(source);
  const tailStart = Math.max(0, source.size - endSize - maxComment - locatorSize);
  const tail = await source.read(tailStart, source.size - tailStart);
  const at = endRecordIn(tail);
  const small = statedIn(tail, at);
  const large = await zip64Record(source, tail, tailStart, at);
  if (large !== null) checkAgreement(small, large.stated);
  const { size, offset, entryCount } = large?.stated ?? small;
  const end = large?.start ?? tailStart + at;
  const start = end - size;
  if (start < offset) throw new InvalidArchive('The archive says that its directory is where it is not.');
  return { start, size, entryCount, base: start - offset };
}

async function checkMagic(source: ZipSource): Promise<void> {
  const start = await source.read(0, 4);
  if (start.readUInt16BE(0) === 0x1f8b)
    throw new InvalidArchive('The archive is a gzipped file; it must be a ZIP file.');
  if (start.toString('latin1').trimStart().startsWith('<'))
    throw new InvalidArchive('The archive is a web page; it must be a ZIP file.');
}

/** The last end record; its comment must reach the end of the file, and that of no other one may. */
function endRecordIn(tail: Buffer): number {
  const last = tail.lastIndexOf(endSignature);
  if (last < 0) throw new InvalidArchive('The archive has no end record: it is cut off, or not a ZIP file.');
  if (!reachesEnd(tail, last)) throw new InvalidArchive('The archive is cut off, or has bytes behind its end.');
  let at = tail.indexOf(endSignature);
  while (at < last) {
    if (reachesEnd(tail, at)) throw new InvalidArchive('The archive has several end records.');
    at = tail.indexOf(endSignature, at + 1);
  }
  return last;
}

function reachesEnd(tail: Buffer, at: number): boolean {
  return at + endSize <= tail.length && at + endSize + tail.readUInt16LE(at + 20) === tail.length;
}

function statedIn(tail: Buffer, at: number): Stated {
  const onThisDisk = tail.readUInt16LE(at + 8);
  const entryCount = tail.readUInt16LE(at + 10);
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)];
  if (disks.some((disk) => disk !== 0 && disk !== 0xffff) || onThisDisk !== entryCount) throw severalDisks();
  return { entryCount, size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
}

async function zip64Record(
  source: ZipSource,
  tail: Buffer,
  tailStart: number,
  endAt: number,
): Promise<{ stated: Stated; start: number } | null> {
  const locatorAt = endAt - locatorSize;
  if (locatorAt < 0 || tail.readUInt32LE(locatorAt) !== locatorSignature) return null;
  if (tail.readUInt32LE(locatorAt + 4) !== 0 || tail.readUInt32LE(locatorAt + 16) > 1) throw severalDisks();
  const start = large(tail, locatorAt + 8);
  const locatorStart = tailStart + locatorAt;
  // Its own length: it must fill the room up to its locator.
  if (start + 56 > locatorStart) throw misplacedZip64();
  const record = await source.read(start, 56);
  if (record.readUInt32LE(0) !== zip64Signature || start + 12 + large(record, 4) !== locatorStart)
    throw misplacedZip64();
  const entryCount = large(record, 32);
  if (record.readUInt32LE(16) !== 0 || record.readUInt32LE(20) !== 0 || large(record, 24) !== entryCount)
    throw severalDisks();
  return { start, stated: { entryCount, size: large(record, 40), offset: large(record, 48) } };
}

/** What the small record says, unless it is too small to say it, must be what the large one says. */
function checkAgreement(small: Stated, large: Stated): void {
  const agree =
    (small.entryCount === 0xffff || small.entryCount === large.entryCount) &&
    (small.size === 0xffffffff || small.size === large.size) &&
    (small.offset === 0xffffffff || small.offset === large.offset);
  if (!agree) throw new InvalidArchive('The archive has two end records that differ.');
}

/** A number of 64 bits; beyond what JavaScript counts exactly, the archive is refused. */
export function large(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new InvalidArchive('The archive states an impossible size.');
  return Number(value);
}

function severalDisks(): InvalidArchive {
  return new InvalidArchive('The archive is a part of one that spans several files.');
}

function misplacedZip64(): InvalidArchive {
  return new InvalidArchive('The archive says that its ZIP64 end record is where it is not.');
}
