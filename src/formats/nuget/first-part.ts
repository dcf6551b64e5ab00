import { Transform, type TransformCallback } from 'node:stream';

const longestHead = 16 * 1024;

/** A form that can't be read. */
export class BrokenForm extends Error {}

/**
 * The bytes of a form's first part, whatever its headers say (NuGet's clients don't quote them, and their file names mean
 * nothing); what follows it is read and dropped. A part may also end with a bare LF before the boundary: nuget 2.8 sends it.
 */
export class FirstPart extends Transform {
  readonly #opening: Buffer;
  readonly #closing: Buffer;
  #state: 'before' | 'head' | 'bytes' | 'after' = 'before';
  #held: Buffer = Buffer.alloc(0);

  constructor(boundary: string) {
    super();
    this.#opening = Buffer.from(`--${boundary}`, 'latin1');
    this.#closing = Buffer.from(`\n--${boundary}`, 'latin1');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#take(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.#state === 'after' ? null : new BrokenForm('The form ends before its first part does.'));
  }

  #take(chunk: Buffer): void {
    if (this.#state === 'after') return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#state === 'before') this.#findOpening();
    if (this.#state === 'head') this.#findBytes();
    if (this.#state === 'bytes') this.#giveBytes();
  }

  #findOpening(): void {
    const at = this.#held.indexOf(this.#opening);
    if (at >= 0) {
      this.#held = this.#held.subarray(at + this.#opening.length);
      this.#state = 'head';
    } else if (this.#held.length > longestHead) {
      throw new BrokenForm('The form does not begin with its boundary.');
    }
  }

  #findBytes(): void {
    const at = headEnd(this.#held);
    if (at !== null) {
      this.#held = this.#held.subarray(at);
      this.#state = 'bytes';
    } else if (this.#held.length > longestHead) {
      throw new BrokenForm("The headers of the form's first part are too long.");
    }
  }

  #giveBytes(): void {
    const held = this.#held;
    const at = held.indexOf(this.#closing);
    if (at >= 0) {
      const end = at > 0 && held[at - 1] === 0x0d ? at - 1 : at;
      if (end > 0) this.push(held.subarray(0, end));
      this.#held = Buffer.alloc(0);
      this.#state = 'after';
      return;
    }
    // What may yet turn out to be the CR and the beginning of a boundary.
    const safe = held.length - this.#closing.length - 1;
    if (safe <= 0) return;
    this.push(held.subarray(0, safe));
    this.#held = held.subarray(safe);
  }
}

/** Where the part's bytes begin: after an empty line, ended by LF or CRLF. */
function headEnd(bytes: Buffer): number | null {
  const ends = [
    ['\r\n\r\n', 4],
    ['\n\n', 2],
  ] as const;
  const found = ends.map(([text, length]) => [bytes.indexOf(text), length] as const).filter(([at]) => at >= 0);
  const [first] = found.toSorted(([a], [b]) => a - b);
  return first === undefined ? null : first[0] + first[1];
}
