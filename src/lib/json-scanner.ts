import { isUtf8 } from 'node:buffer';
import { AsciiEscapes } from './ascii-escapes.ts';
import { Base64Decoder } from './base64-decoder.ts';
import { InvalidJson, JsonTooLarge } from './invalid-json.ts';

export interface ScanOptions {
  /** Number of keys that lead to a diverted string. */
  readonly depth: number;
  /** Whether the string value under these `depth` keys (objects only, no arrays) is diverted. */
  diverts(path: readonly string[]): boolean;
  /** Whether a key, given with those above it (at most `depth` in all), may occur only once in its object. */
  unique(path: readonly string[]): boolean;
  /** Most bytes kept: the document without what is diverted. */
  readonly limit: number;
}

/** Receives diverted strings, decoded from base64. */
export interface ScanSink {
  start(path: readonly string[]): void;
  bytes(decoded: Buffer): void;
  end(): void;
}

const quote = 0x22;
const backslash = 0x5c;
const maxNesting = 100;
const inObject = 0;
const inArray = 1;

/** Where the scanner stands between two bytes. */
const atStructure = 0;
const atString = 1;
const atDiverted = 2;

/**
 * Follows the structure of a JSON document byte by byte: keeps everything but diverted strings (of which `""` stays),
 * hands those to a sink, and leaves the grammar of what it kept to `JSON.parse`.
 */
export class JsonScanner {
  readonly #options: ScanOptions;
  readonly #sink: ScanSink;
  readonly #nesting = new Uint8Array(maxNesting + 1);
  /** Keys seen in the open objects that have unique ones. */
  readonly #seen: Set<string>[] = [];
  readonly #path: string[] = [];
  #depth = 0;
  /** Depth of the outermost open array; nothing inside one is diverted. */
  #arrayDepth = 0;
  #state = atStructure;
  #nextIsKey = false;
  /** Offset in `#kept` of the key being read, or -1. */
  #keyStart = -1;
  /** The last chunk ended in the middle of an escape: bytes of the next that belong to it. */
  #escaped = 0;
  #kept = Buffer.allocUnsafe(4096);
  /** Where the bytes of this chunk begin that aren't in `#kept` yet. */
  #from = 0;
  #length = 0;
  #decoder = new Base64Decoder();
  #escapes = new AsciiEscapes();

  constructor(options: ScanOptions, sink: ScanSink) {
    this.#options = options;
    this.#sink = sink;
  }

  write(chunk: Buffer): void {
    this.#from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === atStructure) at = this.#structure(chunk, at);
      else if (this.#state === atString) at = this.#string(chunk, at);
      else at = this.#diverted(chunk, at);
    }
    if (this.#state !== atDiverted) this.#keep(chunk, chunk.length);
  }

  /** Ends the document and parses what was kept. `JSON.parse` makes `__proto__` an own property like any other. */
  end(): unknown {
    const kept = this.#kept.subarray(0, this.#length);
    if (this.#depth > 0 || this.#state !== atStructure) throw new InvalidJson('it ends in the middle');
    if (!isUtf8(kept)) throw new InvalidJson('it is not UTF-8');
    try {
      // `toString` leaves a byte order mark where it is, and `JSON.parse` refuses it.
      return JSON.parse(kept.toString('utf8'));
    } catch (error) {
      throw new InvalidJson(error instanceof Error ? error.message : 'it cannot be parsed');
    }
  }

  /** Reads up to the start of a string, or to the end of the chunk. */
  #structure(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      switch (chunk[at] as number) {
        case quote:
          this.#startString(chunk, at + 1);
          return at + 1;
        case 0x2c: // ,
          this.#nextIsKey = this.#nesting[this.#depth] === inObject;
          break;
        case 0x3a: // :
          this.#nextIsKey = false;
          break;
        case 0x7b: // {
          this.#open(inObject);
          break;
        case 0x5b: // [
          this.#open(inArray);
          break;
        case 0x7d: // }
        case 0x5d: // ]
          this.#close();
          break;
      }
    }
    return chunk.length;
  }

  #open(kind: number): void {
    if (++this.#depth > maxNesting) throw new InvalidJson(`it nests deeper than ${maxNesting}`);
    this.#nesting[this.#depth] = kind;
    this.#nextIsKey = kind === inObject;
    if (kind === inArray && this.#arrayDepth === 0) this.#arrayDepth = this.#depth;
    this.#seen[this.#depth]?.clear();
  }

  #close(): void {
    if (this.#depth === 0) throw new InvalidJson('it closes more than it opens');
    if (this.#arrayDepth === this.#depth) this.#arrayDepth = 0;
    this.#depth--;
    this.#nextIsKey = false;
    if (this.#path.length > this.#depth) this.#path.length = this.#depth;
  }

  /** `start`: of the string's text, behind the quote. */
  #startString(chunk: Buffer, start: number): void {
    this.#state = atString;
    if (this.#depth === 0 || this.#depth > this.#options.depth || this.#arrayDepth > 0) return;
    if (this.#nextIsKey) {
      this.#keyStart = this.#length + start - this.#from;
    } else if (this.#path.length === this.#options.depth && this.#options.diverts(this.#path)) {
      this.#keep(chunk, start);
      this.#state = atDiverted;
      this.#decoder = new Base64Decoder();
      this.#escapes = new AsciiEscapes();
      this.#sink.start([...this.#path]);
    }
  }

  /** Reads a string that is kept up to its closing quote, or to the end of the chunk. */
  #string(chunk: Buffer, start: number): number {
    let at = start + this.#escaped;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === backslash) at++;
      else if (byte === quote) break;
    }
    if (at >= chunk.length) {
      this.#escaped = at - chunk.length;
      return chunk.length;
    }
    this.#escaped = 0;
    if (this.#keyStart !== -1) {
      this.#keep(chunk, at);
      this.#endKey();
    }
    this.#state = atStructure;
    return at + 1;
  }

  #endKey(): void {
    const raw = this.#kept.toString('utf8', this.#keyStart, this.#length);
    this.#keyStart = -1;
    const key = raw.includes('\\') ? unescaped(raw) : raw;
    this.#path.length = Math.min(this.#path.length, this.#depth - 1);
    this.#path.push(key);
    if (!this.#options.unique(this.#path)) return;
    const seen = (this.#seen[this.#depth] ??= new Set());
    if (seen.has(key)) throw new InvalidJson(`the key ${JSON.stringify(key)} occurs twice`);
    seen.add(key);
  }

  /** Reads a diverted string up to its closing quote, or to the end of the chunk. */
  #diverted(chunk: Buffer, start: number): number {
    const found = chunk.indexOf(quote, start);
    const end = found === -1 ? chunk.length : found;
    const text = this.#escapes.undo(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    this.#emit(this.#decoder.write(text));
    if (found === -1) return chunk.length;
    this.#escapes.end();
    this.#emit(this.#decoder.end());
    this.#sink.end();
    this.#from = found;
    this.#state = atStructure;
    return found + 1;
  }

  #emit(decoded: Buffer): void {
    if (decoded.length > 0) this.#sink.bytes(decoded);
  }

  /** Keeps the bytes from `#from` up to `end`. */
  #keep(chunk: Buffer, end: number): void {
    const length = this.#length + end - this.#from;
    if (length > this.#options.limit) throw new JsonTooLarge(this.#options.limit);
    if (length > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.#kept.length * 2));
      this.#kept.copy(grown, 0, 0, this.#length);
      this.#kept = grown;
    }
    chunk.copy(this.#kept, this.#length, this.#from, end);
    this.#length = length;
    this.#from = end;
  }
}

/** A key's text, escapes undone. */
function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    throw new InvalidJson('a key has a broken escape');
  }
}
