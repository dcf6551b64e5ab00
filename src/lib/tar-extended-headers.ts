import { InvalidArchive } from './invalid-archive.ts';
import type { TarHeader } from './tar-header.ts';

const maxExtendedSize = 1024 * 1024;

/** PAX headers of the next entry, of all entries, and GNU's headers for a long name and a long link. */
const extendedTypes = new Set(['x', 'X', 'g', 'L', 'K']);

/**
 * Headers that say more of the entry that follows: long names (GNU `L` and `K`, PAX `path` and `linkpath`) and sizes. A
 * size that differs from the entry's own header, or a name said twice, is how one archive is made to show two contents.
 */
export class ExtendedHeaders {
  #path: string | null = null;
  #linkPath: string | null = null;
  #size: string | null = null;
  #open = false;

  /** A header came, and its entry hasn't. */
  get pending(): boolean {
    return this.#open;
  }

  accepts(header: TarHeader): boolean {
    return extendedTypes.has(header.type);
  }

  /** Takes the content of an extended header, in pieces. */
  start(header: TarHeader): (bytes: Buffer) => void {
    if (header.size > maxExtendedSize)
      throw new InvalidArchive('The tar archive has an extended header of over 1 MiB.');
    if (header.type !== 'g') this.#open = true;
    const content = Buffer.alloc(header.size);
    let length = 0;
    return (bytes) => {
      length += bytes.copy(content, length);
      if (length === content.length) this.#finish(header.type, content);
    };
  }

  /** The entry's true path and link, and nothing said of the next. */
  apply(header: TarHeader): { path: string; linkPath: string } {
    const path = this.#path ?? header.path;
    const linkPath = this.#linkPath ?? header.linkPath;
    if (this.#size !== null && this.#size !== String(header.size)) {
      throw new InvalidArchive(`The archive gives two sizes for ${JSON.stringify(path.slice(0, 200))}.`);
    }
    this.#path = null;
    this.#linkPath = null;
    this.#size = null;
    this.#open = false;
    return { path, linkPath };
  }

  #finish(type: string, content: Buffer): void {
    if (type === 'L') this.#path = once(this.#path, untilNul(content));
    else if (type === 'K') this.#linkPath = once(this.#linkPath, untilNul(content));
    else for (const [key, value] of paxRecords(content)) this.#record(key, value, type === 'g');
  }

  #record(key: string, value: string, global: boolean): void {
    if (key.startsWith('GNU.sparse.') || key === 'SUN.holesdata') {
      throw new InvalidArchive('The archive has sparse files. Pack it without them.');
    }
    if (key !== 'path' && key !== 'linkpath' && key !== 'size') return;
    if (global) throw new InvalidArchive(`The tar archive gives one ${key} to all of its entries.`);
    if (key === 'path') this.#path = once(this.#path, value);
    else if (key === 'linkpath') this.#linkPath = once(this.#linkPath, value);
    else this.#size = once(this.#size, value);
  }
}

function once(known: string | null, value: string): string {
  if (known !== null && known !== value)
    throw new InvalidArchive('The tar archive gives two names or sizes to one entry.');
  return value;
}

function untilNul(content: Buffer): string {
  const nul = content.indexOf(0);
  return content.toString('utf8', 0, nul === -1 ? content.length : nul);
}

/** `<length> <key>=<value>\n`, the length counting the whole record. */
function* paxRecords(content: Buffer): Generator<[key: string, value: string]> {
  let at = 0;
  while (at < content.length) {
    const blank = content.indexOf(0x20, at);
    const digits = blank === -1 ? '' : content.toString('latin1', at, blank);
    const end = at + Number(/^[1-9]\d{0,7}$/.test(digits) ? digits : 0);
    const equals = content.indexOf(0x3d, blank);
    if (end <= blank || end > content.length || content[end - 1] !== 0x0a || equals === -1 || equals >= end) {
      throw new InvalidArchive('The tar archive has a broken PAX header.');
    }
    yield [content.toString('utf8', blank + 1, equals), content.toString('utf8', equals + 1, end - 1)];
    at = end;
  }
}
