/** Text that isn't base64; the message says what is wrong with it. */
export class InvalidBase64 extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidBase64';
  }
}

const hyphen = 0x2d;
const equals = 0x3d;
const underscore = 0x5f;

/**
 * Decodes base64 (RFC 4648 section 4) that arrives in pieces, strictly: no character outside the alphabet, padding only at the
 * end and complete, or left out. Throws `InvalidBase64`.
 */
export class Base64Decoder {
  /** Characters of an unfinished group of four. */
  readonly #carry = Buffer.alloc(4);
  #carried = 0;
  #padding = 0;

  /** Gives what is complete so far. */
  write(characters: Buffer): Buffer {
    const text = this.#stripPadding(characters);
    const out = Buffer.allocUnsafe(Math.floor((this.#carried + text.length) / 4) * 3);
    let at = 0;
    let written = 0;
    if (this.#carried > 0) {
      at = Math.min(4 - this.#carried, text.length);
      text.copy(this.#carry, this.#carried, 0, at);
      this.#carried += at;
      if (this.#carried < 4) return out;
      written = decode(this.#carry, out, 0);
    }
    const whole = at + ((text.length - at) & ~3);
    if (whole > at) decode(at === 0 && whole === text.length ? text : text.subarray(at, whole), out, written);
    text.copy(this.#carry, 0, whole);
    this.#carried = text.length - whole;
    return out;
  }

  /** The last one or two bytes; nothing may be written afterwards. */
  end(): Buffer {
    if (this.#padding > 0 && this.#carried + this.#padding !== 4) throw new InvalidBase64('its padding is wrong');
    if (this.#carried === 1) throw new InvalidBase64('it is cut off: one character is left over');
    const out = Buffer.allocUnsafe(this.#carried === 0 ? 0 : this.#carried - 1);
    if (this.#carried > 0) decode(this.#carry.subarray(0, this.#carried), out, 0);
    return out;
  }

  #stripPadding(text: Buffer): Buffer {
    const at = this.#padding > 0 ? 0 : text.indexOf(equals);
    if (at === -1) return text;
    for (let i = at; i < text.length; i++) {
      if (text[i] !== equals) throw new InvalidBase64('characters follow its padding');
      this.#padding++;
    }
    if (this.#padding > 2) throw new InvalidBase64('its padding is wrong');
    return text.subarray(0, at);
  }
}

/**
 * Node's decoder skips what it doesn't know, which shows in the count, and takes the alphabet of URLs too, which doesn't.
 * Returns the number of bytes written.
 */
function decode(text: Buffer, out: Buffer, offset: number): number {
  const expected = Math.floor((text.length * 3) / 4);
  const written = out.write(text.toString('latin1'), offset, 'base64');
  if (written !== expected || text.includes(hyphen) || text.includes(underscore)) {
    throw new InvalidBase64('it has characters outside the base64 alphabet');
  }
  return written;
}
