/** Bytes that are read at random: a staged upload, a buffer. */
export interface ZipSource {
  readonly size: number;
  /** The bytes at `start`; asked only for what lies within `size`. */
  read(start: number, length: number): Promise<Buffer>;
}

export function bufferSource(bytes: Buffer): ZipSource {
  return { size: bytes.length, read: (start, length) => Promise.resolve(bytes.subarray(start, start + length)) };
}

/** Reads ahead, so that many small reads in ascending order cost few. */
export class WindowedSource {
  readonly #source: ZipSource;
  readonly #ahead: number;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(source: ZipSource, ahead: number) {
    this.#source = source;
    this.#ahead = ahead;
  }

  /** Whole, or as much as there is up to `end`. */
  async read(start: number, length: number, end: number): Promise<Buffer> {
    const wanted = Math.min(length, end - start);
    const held = start >= this.#start && start + wanted <= this.#start + this.#window.length;
    if (!held) {
      this.#start = start;
      this.#window = await this.#source.read(start, Math.min(Math.max(wanted, this.#ahead), end - start));
    }
    return this.#window.subarray(start - this.#start, start - this.#start + wanted);
  }
}
