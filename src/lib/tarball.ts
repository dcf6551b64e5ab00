import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, type Gunzip, type ZlibOptions } from 'node:zlib';
import { checkHardLink, checkSymbolicLink, entrySegments } from './archive-path.ts';
import { InvalidArchive } from './invalid-archive.ts';
import { TarReader, type TarEntry } from './tar-reader.ts';

export { InvalidArchive } from './invalid-archive.ts';

export interface TarballContents {
  /** Files only, not folders or links. */
  readonly fileCount: number;
  /** Bytes of all files. */
  readonly unpackedSize: number;
  /** Text of the file that was looked for; `null` when the archive has none. */
  readonly member: string | null;
}

/** What of a tarball is looked at closely. */
export interface MemberQuery {
  /** As it is called in messages. */
  readonly name: string;
  /** Whether the entry with this path is the one. It must be a regular file; several must be alike. */
  matches(segments: readonly string[]): boolean;
  readonly maxSize: number;
}

export type TarballCounts = Omit<TarballContents, 'member'>;

/** Is told of each entry, its path taken apart; gives what takes its bytes, or `null` to skip them. */
export type TarballListener = (segments: readonly string[], entry: TarEntry) => ((bytes: Buffer) => void) | null;

const maxEntries = 200_000;
const maxUnpacked = 4 * 1024 ** 3;
/** Up to here nothing is called a bomb; beyond, a ratio over `maxRatio` is. */
const harmlessUnpacked = 64 * 1024 ** 2;
const maxRatio = 200;
/** Archives up to this size are unpacked at once, which costs less than handing them to another thread. */
const maxImmediate = 64 * 1024;
const maxImmediateUnpacked = 4 * 1024 ** 2;

/**
 * Reads through a gzipped tar archive: counts it, fetches the text of one member, and throws `InvalidArchive` for what is
 * broken, ambiguous, would be unpacked outside its folder, or is a bomb. Nothing is written anywhere.
 */
export async function inspectTarball(source: Buffer | Readable, query: MemberQuery): Promise<TarballContents> {
  const member = new Member(query);
  const counts = await scanTarball(source, (segments, entry) =>
    query.matches(segments) ? member.collect(entry) : null,
  );
  return { ...counts, member: member.text() };
}

/**
 * The same for several files, which `listener` picks. `links`: `below` = links stay in the top folder of the archive, which
 * all of it lies in; `anywhere` = in the archive.
 */
export async function scanTarball(
  source: Buffer | Readable,
  listener: TarballListener,
  links: 'below' | 'anywhere' = 'below',
): Promise<TarballCounts> {
  if (Buffer.isBuffer(source) && source.length <= maxImmediate) {
    const unpacked = unpackAtOnce(source);
    if (unpacked !== null) {
      const inspection = new Inspection(listener, links);
      inspection.write(unpacked);
      return inspection.result();
    }
  }
  const inspection = new Inspection(listener, links);
  await inspectStream(source, inspection);
  return inspection.result();
}

/** `null` when the content is too large for this. */
function unpackAtOnce(gzip: Buffer): Buffer | null {
  checkMagic(gzip);
  // The last four bytes say how much comes out: one piece of that size saves copying.
  const promised = gzip.length < 18 ? 0 : gzip.readUInt32LE(gzip.length - 4);
  const options: ZlibOptions = {
    info: true,
    maxOutputLength: maxImmediateUnpacked,
    chunkSize: Math.min(Math.max(promised + 1, 16 * 1024), 512 * 1024),
  };
  let unpacked: { buffer: Buffer; engine: Gunzip };
  try {
    unpacked = gunzipSync(gzip, options) as unknown as { buffer: Buffer; engine: Gunzip };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return null;
    throw damaged(error);
  }
  if (lastNonZero(gzip) >= unpacked.engine.bytesWritten) throw trailing();
  return unpacked.buffer;
}

async function inspectStream(source: Buffer | Readable, inspection: Inspection): Promise<void> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const stream = Buffer.isBuffer(source) ? Readable.from([source]) : source;
  const feeding = feed(stream, gunzip);
  // A source that fails destroys the gunzip, which is heard of below.
  feeding.catch((error: Error) => gunzip.destroy(error));
  try {
    for await (const chunk of gunzip) {
      inspection.write(chunk as Buffer);
      inspection.checkRatio(gunzip.bytesWritten);
    }
    if ((await feeding) >= gunzip.bytesWritten) throw trailing();
  } catch (error) {
    const fromZlib = typeof (error as { errno?: unknown }).errno === 'number' && codeOf(error).startsWith('Z_');
    throw fromZlib ? damaged(error) : error;
  } finally {
    stream.destroy();
  }
}

/** Writes a stream to a gunzip, as far as that takes it; gives the offset of the last byte other than 0. */
async function feed(source: Readable, gunzip: Gunzip): Promise<number> {
  let length = 0;
  let last = -1;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    if (length === 0) checkMagic(chunk);
    const lastHere = lastNonZero(chunk);
    if (lastHere >= 0) last = length + lastHere;
    length += chunk.length;
    if (!gunzip.destroyed) await new Promise((resolve) => gunzip.write(chunk, resolve));
  }
  if (length === 0) throw new InvalidArchive('The archive is empty.');
  gunzip.end();
  return last;
}

/** What is known of the archive so far. */
class Inspection {
  readonly #listener: TarballListener;
  readonly #links: 'below' | 'anywhere';
  readonly #reader = new TarReader((entry) => this.#entry(entry));
  #entries = 0;
  #files = 0;
  #filesSize = 0;
  #unpacked = 0;

  constructor(listener: TarballListener, links: 'below' | 'anywhere') {
    this.#listener = listener;
    this.#links = links;
  }

  write(chunk: Buffer): void {
    this.#unpacked += chunk.length;
    if (this.#unpacked > maxUnpacked) throw new InvalidArchive('The archive unpacks to more than 4 GiB.');
    this.#reader.write(chunk);
  }

  checkRatio(packed: number): void {
    if (this.#unpacked > harmlessUnpacked && this.#unpacked > packed * maxRatio) {
      throw new InvalidArchive(`The archive unpacks to more than ${maxRatio} times its size.`);
    }
  }

  result(): TarballCounts {
    this.#reader.end();
    return { fileCount: this.#files, unpackedSize: this.#filesSize };
  }

  #entry(entry: TarEntry): ((bytes: Buffer) => void) | null {
    if (++this.#entries > maxEntries) throw new InvalidArchive(`The archive has more than ${maxEntries} entries.`);
    const segments = entrySegments(entry.path);
    // As if all of it lay in one more folder.
    const placed = this.#links === 'below' ? segments : ['', ...segments];
    if (entry.type === 'symbolic-link') checkSymbolicLink(placed, entry.linkPath);
    if (entry.type === 'hard-link' && this.#links === 'below') checkHardLink(segments, entry.linkPath);
    if (entry.type === 'hard-link') entrySegments(entry.linkPath);
    if (entry.type === 'file') {
      this.#files++;
      this.#filesSize += entry.size;
    }
    return this.#listener(segments, entry);
  }
}

/** The one file that is looked for. */
class Member {
  readonly #query: MemberQuery;
  #content: Buffer | null = null;

  constructor(query: MemberQuery) {
    this.#query = query;
  }

  text(): string | null {
    return this.#content?.toString('utf8') ?? null;
  }

  collect(entry: TarEntry): (bytes: Buffer) => void {
    const { name, maxSize } = this.#query;
    if (entry.type !== 'file') throw new InvalidArchive(`${name} in the archive is a ${entry.type.replace('-', ' ')}.`);
    if (entry.size > maxSize) throw new InvalidArchive(`${name} in the archive has more than ${maxSize} bytes.`);
    const content = Buffer.alloc(entry.size);
    let length = 0;
    if (this.#content !== null && this.#content.length !== content.length) throw ambiguous(name);
    const earlier = this.#content;
    this.#content = content;
    return (bytes) => {
      length += bytes.copy(content, length);
      if (length === content.length && earlier !== null && !earlier.equals(content)) throw ambiguous(name);
    };
  }
}

function checkMagic(start: Buffer): void {
  if (start[0] === 0x1f && (start.length === 1 || start[1] === 0x8b)) return;
  const text = start.toString('latin1', 0, 64).trimStart();
  if (start.length === 0) throw new InvalidArchive('The archive is empty.');
  if (text.startsWith('PK')) throw new InvalidArchive('The archive is a ZIP file; it must be a gzipped tar archive.');
  if (text.startsWith('<')) throw new InvalidArchive('The archive is a web page; it must be a gzipped tar archive.');
  throw new InvalidArchive('The archive is not gzipped; it must be a gzipped tar archive.');
}

function lastNonZero(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at >= 0 && bytes[at] === 0) at--;
  return at;
}

function ambiguous(name: string): InvalidArchive {
  return new InvalidArchive(`The archive has several files ${name} that differ.`);
}

function trailing(): InvalidArchive {
  return new InvalidArchive('The archive has bytes behind its end.');
}

function damaged(error: unknown): InvalidArchive {
  if (codeOf(error) === 'Z_BUF_ERROR') return new InvalidArchive('The archive is cut off.');
  return new InvalidArchive(`The archive is damaged${error instanceof Error ? `: ${error.message}` : ''}.`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
