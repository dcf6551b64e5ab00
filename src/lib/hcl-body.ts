/** The structure of an HCL file: attributes and nested blocks. Expressions are kept as text, not evaluated. */
import { type HclToken, InvalidHcl, literalOf, tokenize } from './hcl-tokens.ts';

/** An expression as written. */
export interface HclExpression {
  readonly text: string;
  /** The text it stands for, when it is one plain text. */
  readonly literal: string | null;
  /** The fields of an object constructor `{ a = 1, b : 2 }`; `null` when it is something else. */
  fields(): ReadonlyMap<string, HclExpression> | null;
}

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
}

export interface HclBody {
  readonly attributes: ReadonlyMap<string, HclExpression>;
  readonly blocks: readonly HclBlock[];
}

const deepest = 50;

/** Reads a file; throws `InvalidHcl` for what isn't HCL. */
export function parseHcl(text: string): HclBody {
  const reader = new Reader(text, tokenize(text));
  return reader.body(0);
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly HclToken[];
  #at = 0;

  constructor(text: string, tokens: readonly HclToken[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  /** Up to the brace that closes it, which is left, or to the end of the file. */
  body(depth: number): HclBody {
    if (depth > deepest) throw this.#wrong('Blocks are nested too deep');
    const attributes = new Map<string, HclExpression>();
    const blocks: HclBlock[] = [];
    for (;;) {
      this.#skipNewlines();
      const token = this.#peek();
      if (token === undefined) {
        if (depth > 0) throw this.#wrong('A block without an end');
        return { attributes, blocks };
      }
      if (depth > 0 && this.#is(token, '}')) return { attributes, blocks };
      if (token.kind !== 'identifier') throw this.#wrong('Neither an attribute nor a block');
      this.#at++;
      const name = this.#textOf(token);
      if (this.#is(this.#peek(), '=')) {
        this.#at++;
        attributes.set(name, this.#expression());
      } else blocks.push(this.#block(name, depth));
    }
  }

  #block(type: string, depth: number): HclBlock {
    const labels: string[] = [];
    for (;;) {
      const token = this.#peek();
      if (token === undefined) throw this.#wrong('A block without a body');
      this.#at++;
      if (this.#is(token, '{')) break;
      const label = token.kind === 'template' ? literalOf(this.#text, token) : this.#textOf(token);
      if (label === null || (token.kind !== 'template' && token.kind !== 'identifier')) {
        throw this.#wrong('A block with a wrong label');
      }
      labels.push(label);
    }
    const body = this.body(depth + 1);
    this.#at++;
    return { type, labels, body };
  }

  /** Up to the end of the line, or to the brace that closes the block on the same line; brackets may span lines. */
  #expression(): HclExpression {
    const first = this.#at;
    let open = 0;
    for (;;) {
      const token = this.#peek();
      if (token === undefined || (open === 0 && (token.kind === 'newline' || this.#is(token, '}')))) break;
      open += this.#opening(token);
      if (open < 0) throw this.#wrong('A bracket too many');
      this.#at++;
    }
    if (open > 0) throw this.#wrong('A bracket without an end');
    return this.#expressionOf(first, this.#at);
  }

  /** Of the tokens from `first` up to `end`. */
  #expressionOf(first: number, end: number): HclExpression {
    const [from, to] = [this.#tokens[first], this.#tokens[end - 1]];
    if (from === undefined || to === undefined || first >= end) throw this.#wrong('An attribute without a value');
    return {
      text: this.#text.slice(from.start, to.end),
      literal: end - first === 1 ? literalOf(this.#text, from) : null,
      fields: () => this.#fields(first, end),
    };
  }

  #fields(first: number, end: number): ReadonlyMap<string, HclExpression> | null {
    if (!this.#is(this.#tokens[first], '{') || !this.#is(this.#tokens[end - 1], '}')) return null;
    const fields = new Map<string, HclExpression>();
    let at = first + 1;
    while (at < end - 1) {
      const key = this.#tokens[at];
      if (key === undefined || key.kind === 'newline' || this.#is(key, ',')) {
        at++;
        continue;
      }
      const name = key.kind === 'template' ? literalOf(this.#text, key) : this.#textOf(key);
      const follows = this.#tokens[at + 1];
      if (name === null || (!this.#is(follows, '=') && !this.#is(follows, ':'))) return null;
      const valueEnd = this.#fieldEnd(at + 2, end - 1);
      if (valueEnd === at + 2) return null;
      fields.set(name, this.#expressionOf(at + 2, valueEnd));
      at = valueEnd;
    }
    return fields;
  }

  #fieldEnd(start: number, end: number): number {
    let open = 0;
    for (let at = start; at < end; at++) {
      const token = this.#tokens[at];
      if (token === undefined) return at;
      if (open === 0 && (token.kind === 'newline' || this.#is(token, ','))) return at;
      open += this.#opening(token);
    }
    return end;
  }

  #opening(token: HclToken): number {
    if (token.kind !== 'punctuation') return 0;
    const text = this.#textOf(token);
    if (text === '{' || text === '[' || text === '(') return 1;
    return text === '}' || text === ']' || text === ')' ? -1 : 0;
  }

  #skipNewlines(): void {
    while (this.#peek()?.kind === 'newline') this.#at++;
  }

  #peek(): HclToken | undefined {
    return this.#tokens[this.#at];
  }

  #is(token: HclToken | undefined, text: string): boolean {
    return token?.kind === 'punctuation' && this.#textOf(token) === text;
  }

  #textOf({ start, end }: HclToken): string {
    return this.#text.slice(start, end);
  }

  #wrong(message: string): InvalidHcl {
    return new InvalidHcl(message, this.#peek()?.start ?? this.#text.length);
  }
}
