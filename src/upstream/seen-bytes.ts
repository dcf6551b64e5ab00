import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** Thrown for a second attempt that doesn't begin with the bytes that the first sent: clients have read those. */
export class OtherBeginning extends Error {}

/** What an attempt that broke off has sent, so that the next one can only go on from it. */
export class SeenBytes {
  #size = 0;
  #hash = createHash('sha256');

  /** The same bytes; ends in `OtherBeginning` before those that lie beyond what `before` has seen, if that was different. */
  pass(body: Readable, before: SeenBytes | null): Readable {
    return Readable.from(this.#pass(body, before), { objectMode: false });
  }

  async *#pass(body: Readable, before: SeenBytes | null): AsyncGenerator<Buffer> {
    let expected = before === null || before.#size === 0 ? null : before;
    for await (const part of body) {
      const chunk = part as Buffer;
      const missing = expected === null ? 0 : expected.#size - this.#size;
      if (expected === null || chunk.length < missing) this.#take(chunk);
      else {
        this.#take(chunk.subarray(0, missing));
        if (!this.#hash.copy().digest().equals(expected.#hash.copy().digest())) throw new OtherBeginning();
        this.#take(chunk.subarray(missing));
        expected = null;
      }
      yield chunk;
    }
    if (expected !== null) throw new OtherBeginning();
  }

  #take(bytes: Buffer): void {
    this.#size += bytes.length;
    this.#hash.update(bytes);
  }
}
