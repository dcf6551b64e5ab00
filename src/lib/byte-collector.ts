/** Bytes that arrive in pieces, in one buffer that doubles: many tiny pieces cost no more memory than one large one. */
export class ByteCollector {
  #buffer: Buffer;
  #length = 0;

  /** `expected`: how many bytes will probably come. */
  constructor(expected = 0) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(expected, 4096));
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** All bytes so far; shares memory with the collector. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
