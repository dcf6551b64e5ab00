/** Tokens of HCL's native syntax. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#lexical-analysis */

export interface HclToken {
  readonly kind: 'identifier' | 'number' | 'template' | 'heredoc' | 'newline' | 'punctuation';
  readonly start: number;
  readonly end: number;
}

/** Text that isn't HCL. */
export class InvalidHcl extends Error {
  constructor(message: string, at: number) {
    super(`${message} at character ${at}`);
    this.name = 'InvalidHcl';
  }
}

const space = /[ \t\r\uFEFF]+/y;
const identifier = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const heredocStart = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;
const punctuation = /\.\.\.|==|!=|<=|>=|&&|\|\||=>|::|[^\s]/uy;

/** Comments and space are left out. Reads each character once. */
export function tokenize(text: string): HclToken[] {
  const tokens: HclToken[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const kind = kindAt(text, at);
    at = endOf(kind, text, at);
    if (kind !== 'space' && kind !== 'comment') tokens.push({ kind, start, end: at });
  }
  return tokens;
}

type Kind = HclToken['kind'] | 'space' | 'comment';

function kindAt(text: string, at: number): Kind {
  const character = text.charAt(at);
  if (character === '\n') return 'newline';
  if (character === ' ' || character === '\t' || character === '\r' || character === '\uFEFF') return 'space';
  if (character === '"') return 'template';
  if (character === '#' || text.startsWith('//', at) || text.startsWith('/*', at)) return 'comment';
  if (character >= '0' && character <= '9') return 'number';
  if (character === '<' && matches(heredocStart, text, at) !== null) return 'heredoc';
  return matches(identifier, text, at) === null ? 'punctuation' : 'identifier';
}

function endOf(kind: Kind, text: string, at: number): number {
  switch (kind) {
    case 'newline':
      return at + 1;
    case 'comment':
      return commentEnd(text, at);
    case 'template':
      return templateEnd(text, at);
    case 'heredoc':
      return heredocEnd(text, at);
    default: {
      const form = { space, identifier, number, punctuation }[kind];
      const found = matches(form, text, at);
      if (found === null) throw new InvalidHcl('A character that means nothing', at);
      return at + found[0].length;
    }
  }
}

function matches(form: RegExp, text: string, at: number): RegExpExecArray | null {
  form.lastIndex = at;
  return form.exec(text);
}

/** A comment of one line ends before its line end, which is a token of its own. */
function commentEnd(text: string, at: number): number {
  const block = text.startsWith('/*', at);
  const end = text.indexOf(block ? '*/' : '\n', at + (block ? 2 : 0));
  if (end < 0 && block) throw new InvalidHcl('A comment without an end', at);
  return end < 0 ? text.length : end + (block ? 2 : 0);
}

/** A quoted template, with interpolations and the quoted templates inside those. */
function templateEnd(text: string, start: number): number {
  // Innermost last: `"` = in quotes, a number = in an interpolation with so many braces open.
  const within: ('"' | number)[] = ['"'];
  let at = start + 1;
  while (at < text.length) {
    const place = within.at(-1);
    const character = text.charAt(at);
    if (place === '"') {
      if (character === '\n') break;
      if (character === '\\') at++;
      else if (character === '"') within.pop();
      else if (opensInterpolation(text, at)) {
        within.push(0);
        at++;
      } else if (isEscapedOpening(text, at)) at += 2;
    } else at = insideInterpolation(text, at, within);
    at++;
    if (within.length === 0) return at;
  }
  throw new InvalidHcl('A text in quotes without an end', start);
}

/** Deals with one character of an interpolation; answers where its last one is. */
function insideInterpolation(text: string, at: number, within: ('"' | number)[]): number {
  const depth = within.pop() as number;
  const character = text.charAt(at);
  if (character === '}' && depth === 0) return at;
  const change = character === '{' ? 1 : character === '}' ? -1 : 0;
  within.push(depth + change);
  if (character === '"') within.push('"');
  return at;
}

function opensInterpolation(text: string, at: number): boolean {
  return text.startsWith('${', at) || text.startsWith('%{', at);
}

function isEscapedOpening(text: string, at: number): boolean {
  return text.startsWith('$${', at) || text.startsWith('%%{', at);
}

/** Up to the end of the line that holds the delimiter alone, without its line end. */
function heredocEnd(text: string, start: number): number {
  const opening = matches(heredocStart, text, start);
  const delimiter = opening?.[1] ?? '';
  let at = start + (opening?.[0].length ?? 0);
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    if (end - at < delimiter.length + 1_000 && text.slice(at, end).trim() === delimiter) return end;
    at = end + 1;
  }
  throw new InvalidHcl(`A heredoc without its ${delimiter}`, start);
}

/** The value of a heredoc or of a quoted template without interpolations; `null` when it has some. */
export function literalOf(text: string, token: HclToken): string | null {
  const raw = text.slice(token.start, token.end);
  return token.kind === 'heredoc' ? heredocText(raw) : token.kind === 'template' ? quotedText(raw) : null;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

function quotedText(raw: string): string | null {
  const inner = raw.slice(1, -1);
  if (/(?:^|[^$])\$\{|(?:^|[^%])%\{/.test(inner)) return null;
  return inner
    .replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))/g, (_all, four, eight, one) => {
      if (one !== undefined) return escapes[one as string] ?? '';
      const code = Number.parseInt((four ?? eight) as string, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    })
    .replace(/([$%])\1\{/g, '$1{');
}

function heredocText(raw: string): string {
  const lines = raw.split('\n').map((line) => line.replace(/\r$/, ''));
  const content = lines.slice(1, -1);
  if (!raw.startsWith('<<-')) return content.join('\n');
  const indents = content.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = indents.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  return content.map((line) => (Number.isFinite(indent) ? line.slice(indent) : line)).join('\n');
}
