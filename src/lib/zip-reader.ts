/**
 * Reads ZIP archives of strangers by random access, without unpacking what isn't asked for. Checks what general readers
 * leave open: that every reader, whether it goes by the directory, by local headers, by the first or the last of several
 * alike, would find the same files. `InvalidArchive` says what is wrong otherwise.
 */
import { Readable } from 'node:stream';
import { createInflateRaw, crc32 } from 'node:zlib';
import { InvalidArchive } from './invalid-archive.ts';
import { quote, readDirectory, wrongSize, type ZipEntry } from './zip-directory.ts';
import { findDirectory } from './zip-end.ts';
import { checkLayout } from './zip-layout.ts';
import type { ZipSource } from './zip-source.ts';

export { InvalidArchive } from './invalid-archive.ts';
export type { ZipEntry } from './zip-directory.ts';
export { bufferSource, type ZipSource } from './zip-source.ts';

export interface ZipLimits {
  /** Default 100,000. */
  readonly maxEntries?: number;
  /** Bytes of all entries when unpacked; default 4 GiB. */
  readonly maxUnpacked?: number;
  /** Of unpacked bytes to the archive's, once `harmlessUnpacked` is passed; default 200. */
  readonly maxRatio?: number;
  /** Unpacked bytes that are never called a bomb; default 64 MiB. */
  readonly harmlessUnpacked?: number;
  /** Refuse names that differ by case only, for formats whose readers don't tell them apart. */
  readonly ignoreCase?: boolean;
  /**
   * For archives that are only looked into, where harmless oddities are common (jars): bytes that belong to no entry, in
   * front too, names that occur twice, and unmarked names are let pass. `find` of a name that occurs twice still refuses.
   */
  readonly lenient?: boolean;
  /** Take names that are neither ASCII nor marked as UTF-8, as `zip` of Unix writes them: programs may spell them differently. */
  readonly unmarkedNames?: boolean;
}

export interface Zip {
  /** In the order of the archive's directory. */
  readonly entries: readonly ZipEntry[];
  /** The file of that name; `null` when there is none. */
  find(name: string): ZipEntry | null;
  /** A file's bytes, sizes and CRC checked. Refuses links, folders, and more than `maxSize` bytes. */
  readEntry(entry: ZipEntry, maxSize: number): Promise<Buffer>;
  /** Streams the bytes of any entry (a link's are its target); ends with `InvalidArchive` when sizes or CRC are wrong. */
  openEntry(entry: ZipEntry): Readable;
}

const chunkSize = 256 * 1024;
/** A directory larger than this isn't read into memory. */
const maxDirectory = 64 * 1024 ** 2;

export async function openZip(source: ZipSource, limits: ZipLimits = {}): Promise<Zip> {
  const { maxEntries = 100_000, lenient = false } = limits;
  const place = await findDirectory(source);
  if (place.entryCount > maxEntries) throw new InvalidArchive(`The archive has more than ${maxEntries} entries.`);
  if (place.size > maxDirectory) throw new InvalidArchive('The archive has too large a directory.');
  if (place.base > 0 && !lenient) throw new InvalidArchive('The archive has bytes before its start.');
  const entries = await readDirectory(
    await source.read(place.start, place.size),
    place,
    limits.unmarkedNames ?? lenient,
  );
  checkUnpacked(entries, source.size, limits);
  const repeated = repeatedNames(entries, limits.ignoreCase ?? false);
  const [first] = repeated;
  if (first !== undefined && !lenient)
    throw new InvalidArchive(`The archive has several entries called ${quote(first)}.`);
  const starts = await checkLayout(source, entries, place.start, lenient);
  return new CheckedZip(source, entries, starts, repeated);
}

function checkUnpacked(entries: readonly ZipEntry[], packed: number, limits: ZipLimits): void {
  const { maxUnpacked = 4 * 1024 ** 3, maxRatio = 200, harmlessUnpacked = 64 * 1024 ** 2 } = limits;
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxUnpacked) throw new InvalidArchive(`The archive unpacks to more than ${maxUnpacked} bytes.`);
  if (total > harmlessUnpacked && total > packed * maxRatio)
    throw new InvalidArchive(`The archive unpacks to more than ${maxRatio} times its size.`);
}

/** Names that stand twice; a file and a folder of one name are the same to whoever unpacks them. */
function repeatedNames(entries: readonly ZipEntry[], ignoreCase: boolean): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of entries) {
    const path = name.replace(/\/$/, '');
    const key = ignoreCase ? path.toLowerCase() : path;
    if (seen.has(key)) repeated.add(name);
    seen.add(key);
  }
  return repeated;
}

class CheckedZip implements Zip {
  readonly entries: readonly ZipEntry[];
  readonly #source: ZipSource;
  readonly #starts: ReadonlyMap<ZipEntry, number>;
  readonly #repeated: ReadonlySet<string>;

  constructor(
    source: ZipSource,
    entries: readonly ZipEntry[],
    starts: ReadonlyMap<ZipEntry, number>,
    repeated: ReadonlySet<string>,
  ) {
    this.#source = source;
    this.entries = entries;
    this.#starts = starts;
    this.#repeated = repeated;
  }

  find(name: string): ZipEntry | null {
    if (this.#repeated.has(name)) throw new InvalidArchive(`The archive has several entries called ${quote(name)}.`);
    return this.entries.find((entry) => entry.name === name && entry.kind === 'file') ?? null;
  }

  async readEntry(entry: ZipEntry, maxSize: number): Promise<Buffer> {
    const { name, kind, size, compressedSize } = entry;
    if (kind !== 'file') throw new InvalidArchive(`The archive's entry ${quote(name)} is not a regular file.`);
    // What is deflated may be a little larger than what it holds, never much.
    if (size > maxSize || compressedSize > maxSize + maxSize / 8 + 1024)
      throw new InvalidArchive(`The archive's entry ${quote(name)} has more than ${maxSize} bytes.`);
    const chunks: Buffer[] = [];
    for await (const chunk of this.openEntry(entry)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks, size);
  }

  openEntry(entry: ZipEntry): Readable {
    const start = this.#starts.get(entry);
    if (start === undefined) throw new TypeError('The entry is of another archive.');
    return Readable.from(checkedBytes(entry, packedBytes(this.#source, start, entry.compressedSize)), {
      objectMode: false,
      highWaterMark: chunkSize,
    });
  }
}

async function* packedBytes(source: ZipSource, start: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += chunkSize) yield await source.read(start + at, Math.min(chunkSize, length - at));
}

async function* checkedBytes(entry: ZipEntry, packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  let sum = 0;
  for await (const chunk of entry.method === 'stored' ? packed : inflated(entry, packed)) {
    length += chunk.length;
    if (length > entry.size) throw wrongSize(entry.name);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (length !== entry.size) throw wrongSize(entry.name);
  if (sum !== entry.crc32) throw damaged(entry, 'its CRC is wrong');
}

async function* inflated(entry: ZipEntry, packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed, { objectMode: false });
  const inflate = createInflateRaw({ chunkSize: 64 * 1024 });
  source.on('error', (error) => inflate.destroy(error));
  source.pipe(inflate);
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') === true ? damaged(entry, message) : error;
  } finally {
    source.destroy();
    inflate.destroy();
  }
  // The deflated data ended early: what follows it would be hidden.
  if (inflate.bytesWritten !== entry.compressedSize) throw wrongSize(entry.name);
}

function damaged({ name }: ZipEntry, why: string): InvalidArchive {
  return new InvalidArchive(`The archive's entry ${quote(name)} is damaged: ${why}.`);
}
