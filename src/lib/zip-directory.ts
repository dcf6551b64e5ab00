/** The entries of a ZIP archive as its central directory states them (APPNOTE 6.3.10, 4.3.12, 4.4, 4.5.3, 4.6.9). */
import { setImmediate } from 'node:timers/promises';
import { entrySegments } from './archive-path.ts';
import { InvalidArchive } from './invalid-archive.ts';
import { large, type DirectoryPlace } from './zip-end.ts';

export interface ZipEntry {
  /** As the archive spells it; a folder's ends with `/`. */
  readonly name: string;
  readonly segments: readonly string[];
  readonly kind: 'file' | 'folder' | 'symbolic-link';
  readonly method: 'stored' | 'deflated';
  /** Bytes when unpacked, and as they lie in the archive. */
  readonly size: number;
  readonly compressedSize: number;
  readonly crc32: number;
  /** General purpose bits. */
  readonly flags: number;
  readonly externalAttributes: number;
  /** File mode of Unix, `0` when the archive was made on another system. */
  readonly mode: number;
  /** Where its local header is in the file. */
  readonly headerStart: number;
}

const headerSize = 46;
const signature = 0x02014b50;
const extraZip64 = 0x0001;
const extraUnicodePath = 0x7075;
/** Traditional and strong encryption, and a directory whose values are masked. */
export const encrypted = 0x0001 | 0x0040 | 0x2000;
/** What is packed are changes to another file. */
const patch = 0x0020;
const utf8Name = 0x0800;
/** Version of the specification times ten; what is later isn't understood. */
const latestVersion = 63;
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** So many entries are read before others get their turn. */
const turn = 4096;

/** @param unmarked Whether names that are neither ASCII nor marked as UTF-8 are taken: readers spell them differently. */
export async function readDirectory(
  bytes: Buffer,
  { base, entryCount }: DirectoryPlace,
  unmarked: boolean,
): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + headerSize > bytes.length || bytes.readUInt32LE(at) !== signature) throw brokenDirectory();
    const length = headerSize + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (at + length > bytes.length) throw brokenDirectory();
    const entry = entryOf(bytes.subarray(at, at + length), base);
    if (!unmarked && !isPlainlyNamed(entry.name, entry.flags))
      throw new InvalidArchive(`The archive's entry ${quote(entry.name)} has a name that is not marked as UTF-8.`);
    entries.push(entry);
    if (entries.length > entryCount) throw wrongCount();
    at += length;
    if (entries.length % turn === 0) await setImmediate();
  }
  if (entries.length !== entryCount) throw wrongCount();
  return entries;
}

function entryOf(header: Buffer, base: number): ZipEntry {
  const flags = header.readUInt16LE(8);
  const nameLength = header.readUInt16LE(28);
  const nameBytes = header.subarray(headerSize, headerSize + nameLength);
  const extras = header.subarray(headerSize + nameLength, headerSize + nameLength + header.readUInt16LE(30));
  const name = entryName(nameBytes, extras);
  const segments = checkedSegments(name);
  if ((flags & encrypted) !== 0) throw new InvalidArchive(`The archive's entry ${quote(name)} is encrypted.`);
  if ((flags & patch) !== 0 || (header[6] ?? 0) > latestVersion)
    throw new InvalidArchive(`The archive's entry ${quote(name)} can't be unpacked by the usual programs.`);
  const { size, compressedSize, offset } = sizesOf(header, extras, name);
  const externalAttributes = header.readUInt32LE(38);
  const mode = header[5] === 3 ? externalAttributes >>> 16 : 0;
  const method = methodOf(header.readUInt16LE(10), name);
  if (method === 'stored' && size !== compressedSize) throw wrongSize(name);
  const kind = kindOf(name, mode);
  if (kind === 'folder' && size !== 0) throw new InvalidArchive(`The archive's folder ${quote(name)} has content.`);
  const crc32 = header.readUInt32LE(16);
  const headerStart = base + offset;
  return { name, segments, kind, method, size, compressedSize, crc32, flags, externalAttributes, mode, headerStart };
}

/** Refuses names that readers resolve differently or that would be written elsewhere. */
function checkedSegments(name: string): readonly string[] {
  if (name === '' || name === '/') throw new InvalidArchive('The archive has an entry without a name.');
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name))
    throw new InvalidArchive(`The archive has an entry with a control character in its name: ${quote(name)}.`);
  if (name.includes('\\'))
    throw new InvalidArchive(`The archive has an entry with a backslash in its name: ${quote(name)}.`);
  const segments = entrySegments(name);
  if (segments[0] === '.')
    throw new InvalidArchive(`The archive has an entry with an empty or "." segment in its path: ${quote(name)}.`);
  return segments;
}

function methodOf(method: number, name: string): ZipEntry['method'] {
  if (method === 0) return 'stored';
  if (method === 8) return 'deflated';
  throw new InvalidArchive(
    `The archive's entry ${quote(name)} is packed with method ${method}; it must be stored or deflated.`,
  );
}

function kindOf(name: string, mode: number): ZipEntry['kind'] {
  const type = mode & 0o170000;
  const folder = name.endsWith('/');
  // Some tools give folders the type of files.
  if (folder && [0, 0o040000, 0o100000].includes(type)) return 'folder';
  if (!folder && (type === 0 || type === 0o100000)) return 'file';
  if (!folder && type === 0o120000) return 'symbolic-link';
  throw new InvalidArchive(`The archive's entry ${quote(name)} is neither a file nor a folder.`);
}

interface Sizes {
  readonly size: number;
  readonly compressedSize: number;
  readonly offset: number;
}

/** Sizes and place, of the ZIP64 extra field where the header hasn't room for them. */
function sizesOf(header: Buffer, extras: Buffer, name: string): Sizes {
  const zip64 = extraField(extras, extraZip64);
  let at = 0;
  const wide = (stated: number): number => {
    if (stated !== 0xffffffff || zip64 === null) return stated;
    if (at + 8 > zip64.length) throw wrongSize(name);
    at += 8;
    return large(zip64, at - 8);
  };
  const size = wide(header.readUInt32LE(24));
  const compressedSize = wide(header.readUInt32LE(20));
  const offset = wide(header.readUInt32LE(42));
  const disk = header.readUInt16LE(34);
  if (disk !== 0 && disk !== 0xffff) throw new InvalidArchive('The archive is a part of one that spans several files.');
  return { size, compressedSize, offset };
}

/**
 * The data of an extra field; refuses one that occurs twice, since readers take the first or the last. What is cut off or
 * padding at the end is passed over, as readers do.
 */
export function extraField(extras: Buffer, wanted: number): Buffer | null {
  let found: Buffer | null = null;
  let at = 0;
  while (at + 4 <= extras.length) {
    const end = at + 4 + extras.readUInt16LE(at + 2);
    if (end > extras.length) break;
    if (extras.readUInt16LE(at) === wanted) {
      if (found !== null) throw new InvalidArchive('The archive has an entry that states the same thing twice.');
      found = extras.subarray(at + 4, end);
    }
    at = end;
  }
  return found;
}

/** Whether every reader spells the name alike. */
export function isPlainlyNamed(name: string, flags: number): boolean {
  return (flags & utf8Name) !== 0 || !/[^\u0000-\u007f]/.test(name);
}

/** A name in ASCII or UTF-8, whatever the flag says: that is what all tools write now. Others are told apart as Latin-1. */
export function entryName(bytes: Buffer, extras: Buffer): string {
  const name = decoded(bytes);
  const unicode = extraField(extras, extraUnicodePath);
  if (unicode === null || unicode.length < 5) return name;
  const other = decoded(unicode.subarray(5));
  if (other !== name && !/[^\u0000-\u007f]/.test(name))
    throw new InvalidArchive(`The archive has an entry with two names: ${quote(name)} and ${quote(other)}.`);
  return other;
}

function decoded(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

export function quote(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

export function wrongSize(name: string): InvalidArchive {
  return new InvalidArchive(`The archive's entry ${quote(name)} has another size than the archive states.`);
}

function brokenDirectory(): InvalidArchive {
  return new InvalidArchive("The archive's directory is damaged.");
}

function wrongCount(): InvalidArchive {
  return new InvalidArchive('The archive has another number of entries than it states.');
}
