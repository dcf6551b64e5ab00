/**
 * Whether the local headers of a ZIP archive say what its directory says, and where each entry's bytes lie. Some readers
 * go by the directory, others (that stream) by the local headers: they must find the same files.
 */
import { setImmediate } from 'node:timers/promises';
import { InvalidArchive } from './invalid-archive.ts';
import { encrypted, entryName, extraField, isPlainlyNamed, quote, wrongSize, type ZipEntry } from './zip-directory.ts';
import { large } from './zip-end.ts';
import { WindowedSource, type ZipSource } from './zip-source.ts';

interface LocalHeader {
  readonly dataStart: number;
  /** Sizes and CRC follow the data. */
  readonly described: boolean;
}

const headerSize = 30;
const signature = 0x04034b50;
const descriptorSignature = 0x08074b50;
const extraZip64 = 0x0001;
const described = 0x0008;
const turn = 4096;

/**
 * Where each entry's bytes begin. Refuses entries that overlap and, unless `gaps` are allowed, bytes that belong to none.
 *
 * @param end Where the directory begins.
 */
export async function checkLayout(
  source: ZipSource,
  entries: readonly ZipEntry[],
  end: number,
  gaps: boolean,
): Promise<ReadonlyMap<ZipEntry, number>> {
  const bytes = new WindowedSource(source, 64 * 1024);
  const starts = new Map<ZipEntry, number>();
  let reached = 0;
  for (const entry of [...entries].sort((a, b) => a.headerStart - b.headerStart)) {
    if (entry.headerStart < reached) throw new InvalidArchive('The archive has entries that overlap.');
    if (entry.headerStart > reached && !gaps) throw strayBytes(reached);
    const local = await checkLocalHeader(bytes, entry, end);
    const dataEnd = local.dataStart + entry.compressedSize;
    if (dataEnd > end) throw new InvalidArchive('The archive has entries that overlap.');
    reached = dataEnd + (local.described ? await descriptorLength(bytes, entry, dataEnd, end) : 0);
    starts.set(entry, local.dataStart);
    if (starts.size % turn === 0) await setImmediate();
  }
  if (reached !== end && !gaps) throw strayBytes(reached);
  return starts;
}

async function checkLocalHeader(bytes: WindowedSource, entry: ZipEntry, end: number): Promise<LocalHeader> {
  const { headerStart, name } = entry;
  if (headerStart + headerSize > end) throw missing(name);
  const fixed = await bytes.read(headerStart, headerSize, end);
  if (fixed.readUInt32LE(0) !== signature) throw missing(name);
  const nameLength = fixed.readUInt16LE(26);
  const length = headerSize + nameLength + fixed.readUInt16LE(28);
  const header = await bytes.read(headerStart, length, end);
  if (header.length < length) throw missing(name);
  const extras = header.subarray(headerSize + nameLength);
  const localName = entryName(header.subarray(headerSize, headerSize + nameLength), extras);
  if (localName !== name)
    throw new InvalidArchive(`The archive calls an entry ${quote(name)} in one place, ${quote(localName)} in another.`);
  const flags = header.readUInt16LE(6);
  if (isPlainlyNamed(name, flags) !== isPlainlyNamed(name, entry.flags)) throw contradiction(name);
  if ((flags & encrypted) !== 0) throw new InvalidArchive(`The archive's entry ${quote(name)} is encrypted.`);
  if (header.readUInt16LE(8) !== (entry.method === 'stored' ? 0 : 8)) throw contradiction(name);
  const followed = (flags & described) !== 0;
  checkLocalSizes(header, extras, entry, followed);
  return { dataStart: headerStart + length, described: followed };
}

/** CRC and sizes; zeros where they are to follow the data. */
function checkLocalSizes(header: Buffer, extras: Buffer, entry: ZipEntry, followed: boolean): void {
  const zip64 = extraField(extras, extraZip64);
  let at = 0;
  const wide = (stated: number): number => {
    if (stated !== 0xffffffff || zip64 === null || at + 8 > zip64.length) return stated;
    at += 8;
    return large(zip64, at - 8);
  };
  const size = wide(header.readUInt32LE(22));
  const compressedSize = wide(header.readUInt32LE(18));
  const right = (stated: number, actual: number): boolean => stated === actual || (followed && stated === 0);
  const agree =
    right(header.readUInt32LE(14), entry.crc32) &&
    right(size, entry.size) &&
    right(compressedSize, entry.compressedSize);
  if (!agree) throw contradiction(entry.name);
}

/** Length of the descriptor behind the data, which comes in four forms: with and without signature, 32 and 64 bits. */
async function descriptorLength(bytes: WindowedSource, entry: ZipEntry, at: number, end: number): Promise<number> {
  const descriptor = await bytes.read(at, 24, end);
  for (const { start, wide } of descriptorForms) {
    const length = start + (wide ? 20 : 12);
    if (length > descriptor.length) continue;
    if (start === 4 && descriptor.readUInt32LE(0) !== descriptorSignature) continue;
    const sizes = wide
      ? [descriptor.readBigUInt64LE(start + 4), descriptor.readBigUInt64LE(start + 12)]
      : [BigInt(descriptor.readUInt32LE(start + 4)), BigInt(descriptor.readUInt32LE(start + 8))];
    const stated = [BigInt(entry.compressedSize), BigInt(entry.size)];
    if (descriptor.readUInt32LE(start) === entry.crc32 && sizes[0] === stated[0] && sizes[1] === stated[1])
      return length;
  }
  throw wrongSize(entry.name);
}

const descriptorForms = [
  { start: 4, wide: true },
  { start: 4, wide: false },
  { start: 0, wide: true },
  { start: 0, wide: false },
] as const;

function missing(name: string): InvalidArchive {
  return new InvalidArchive(`The archive's entry ${quote(name)} is not where the archive says.`);
}

function contradiction(name: string): InvalidArchive {
  return new InvalidArchive(`The archive says two different things of its entry ${quote(name)}.`);
}

function strayBytes(at: number): InvalidArchive {
  return new InvalidArchive(`The archive has bytes that belong to none of its entries, at ${at}.`);
}
