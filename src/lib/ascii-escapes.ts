import { InvalidBase64 } from './base64-decoder.ts';
import { InvalidJson } from './invalid-json.ts';

const backslash = 0x5c;
const letterU = 0x75;
const slash = 0x2f;
/** What may follow a backslash in JSON, besides `u`: `"\/bfnrt`. */
const shortEscapes = new Set(Buffer.from('"\\/bfnrt'));

/**
 * Undoes the escapes of a JSON string that holds base64 and arrives in pieces. Some encoders write `\/` or `\u002b` for
 * base64's own characters; no other escape can stand for one.
 */
export class AsciiEscapes {
  /** An escape that the last piece cut in two. */
  #pending: Buffer | null = null;

  /** The text of the next piece, without an escape that it cuts off. Gives the piece itself when it has none. */
  undo(piece: Buffer): Buffer {
    if (this.#pending === null && !piece.includes(backslash)) return piece;
    const raw = this.#pending === null ? piece : Buffer.concat([this.#pending, piece]);
    this.#pending = null;
    const text = Buffer.allocUnsafe(raw.length);
    let length = 0;
    let at = 0;
    for (;;) {
      const found = raw.indexOf(backslash, at);
      const end = found === -1 ? raw.length : found;
      length += raw.copy(text, length, at, end);
      if (found === -1) break;
      at = found + (raw[found + 1] === letterU ? 6 : 2);
      if (at > raw.length) {
        this.#pending = Buffer.from(raw.subarray(found));
        break;
      }
      text[length++] = characterOf(raw, found);
    }
    return text.subarray(0, length);
  }

  /** Throws when the string ended inside an escape. */
  end(): void {
    if (this.#pending === null) return;
    // A lone backslash escaped the quote that was taken for the end.
    if (this.#pending.length === 1) throw new InvalidBase64('it has characters outside the base64 alphabet');
    throw new InvalidJson('it has a broken escape');
  }
}

function characterOf(raw: Buffer, at: number): number {
  const kind = raw[at + 1] as number;
  if (kind === slash) return slash;
  if (kind === letterU) {
    const hex = raw.toString('latin1', at + 2, at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new InvalidJson('it has a broken escape');
    const code = Number.parseInt(hex, 16);
    if (code < 0x80) return code;
  } else if (!shortEscapes.has(kind)) {
    throw new InvalidJson('it has a broken escape');
  }
  throw new InvalidBase64('it has characters outside the base64 alphabet');
}
