import { InvalidArchive } from './invalid-archive.ts';
import { ExtendedHeaders } from './tar-extended-headers.ts';
import { decodeTarHeader, type TarHeader } from './tar-header.ts';

export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'hard-link' | 'symbolic-link';
  /** Bytes; 0 for all but files. */
  readonly size: number;
  /** Where a link points, as written; empty for the rest. */
  readonly linkPath: string;
}

/** Is told of an entry; gives what takes its bytes, or `null` to skip them. */
export type EntryListener = (entry: TarEntry) => ((bytes: Buffer) => void) | null;

const blockSize = 512;
const zeroBlock = Buffer.alloc(blockSize);

const types: ReadonlyMap<string, TarEntry['type']> = new Map([
  ['0', 'file'],
  ['7', 'file'],
  ['1', 'hard-link'],
  ['2', 'symbolic-link'],
  ['5', 'directory'],
]);

/**
 * Reads a tar archive that arrives in pieces, and refuses with `InvalidArchive` whatever two readers might understand
 * differently: sparse files, devices, sizes given twice, entries behind the end mark.
 */
export class TarReader {
  readonly #listener: EntryListener;
  readonly #extended = new ExtendedHeaders();
  /** A header block of which only the first bytes have come. */
  readonly #partial = Buffer.alloc(blockSize);
  #partialLength = 0;
  /** Bytes of the entry's content, and of the padding behind it, still to come. */
  #content = 0;
  #padding = 0;
  #take: ((bytes: Buffer) => void) | null = null;
  #ended = false;

  constructor(listener: EntryListener) {
    this.#listener = listener;
  }

  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const left = chunk.length - at;
      if (this.#ended) {
        requireZeros(chunk.subarray(at));
        return;
      }
      if (this.#content > 0) {
        const size = Math.min(this.#content, left);
        this.#take?.(chunk.subarray(at, at + size));
        this.#content -= size;
        at += size;
      } else if (this.#padding > 0) {
        const size = Math.min(this.#padding, left);
        this.#padding -= size;
        at += size;
      } else if (this.#partialLength === 0 && left >= blockSize) {
        this.#header(chunk.subarray(at, at + blockSize));
        at += blockSize;
      } else {
        at += this.#collect(chunk, at);
      }
    }
  }

  /** Throws when the archive stops in the middle. The end mark itself may be missing. */
  end(): void {
    if (this.#ended) return;
    if (this.#content > 0 || this.#padding > 0 || this.#partialLength > 0 || this.#extended.pending) {
      throw new InvalidArchive('The tar archive is cut off.');
    }
  }

  #collect(chunk: Buffer, at: number): number {
    const size = Math.min(blockSize - this.#partialLength, chunk.length - at);
    chunk.copy(this.#partial, this.#partialLength, at, at + size);
    this.#partialLength += size;
    if (this.#partialLength === blockSize) {
      this.#partialLength = 0;
      this.#header(this.#partial);
    }
    return size;
  }

  #header(block: Buffer): void {
    if (block[0] === 0 && block.equals(zeroBlock)) {
      this.#ended = true;
      return;
    }
    const header = decodeTarHeader(block);
    this.#content = header.size;
    this.#padding = (blockSize - (header.size % blockSize)) % blockSize;
    this.#take = this.#extended.accepts(header) ? this.#extended.start(header) : this.#listener(this.#entry(header));
  }

  #entry(header: TarHeader): TarEntry {
    const { path, linkPath } = this.#extended.apply(header);
    const type = header.type === '0' && path.endsWith('/') ? 'directory' : types.get(header.type);
    if (type === undefined) {
      throw new InvalidArchive(
        `The archive has an entry that is no file, folder or link: ${JSON.stringify(path.slice(0, 200))} (type ${JSON.stringify(header.type)}).`,
      );
    }
    if (type !== 'file' && header.size > 0) {
      throw new InvalidArchive(
        `The archive gives a size to a ${type.replace('-', ' ')}: ${JSON.stringify(path.slice(0, 200))}.`,
      );
    }
    return { path, type, size: header.size, linkPath: type.endsWith('link') ? linkPath : '' };
  }
}

function requireZeros(rest: Buffer): void {
  for (let at = 0; at < rest.length; at += blockSize) {
    const piece = rest.subarray(at, at + blockSize);
    if (!piece.equals(zeroBlock.subarray(0, piece.length))) {
      throw new InvalidArchive('The tar archive goes on behind its end mark.');
    }
  }
}
