import { problem } from '../../problems/problem.ts';

/** A piece of an OData expression: https://www.odata.org/documentation/odata-version-2-0/uri-conventions/. */
export type Token =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'time'; readonly value: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'mark'; readonly value: '(' | ')' | ',' };

/** nuget.exe 2.x asks for six properties with every word that it searches for. */
const mostTokens = 2_000;

const form =
  /\s*(?:datetime(?:offset)?'(?<time>[^']*)'|'(?<text>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?)[LlMmDdFf]?(?![\w.])|(?<word>[A-Za-z_]\w*)|(?<mark>[(),]))\s*/y;

/** Refuses with `invalid-parameter` what holds anything else. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  form.lastIndex = 0;
  while (form.lastIndex < expression.length) {
    const at = form.lastIndex;
    const { groups } = form.exec(expression) ?? {};
    if (groups === undefined)
      throw unreadable(`it can't be read from ${JSON.stringify(expression.slice(at, at + 20))}`);
    tokens.push(tokenOf(groups));
    if (tokens.length > mostTokens) throw unreadable('it is too long');
  }
  return tokens;
}

function tokenOf({ time, text, number, word, mark }: Record<string, string | undefined>): Token {
  if (text !== undefined) return { kind: 'text', value: text.replaceAll("''", "'") };
  if (time !== undefined) return { kind: 'time', value: readTime(time) };
  if (number !== undefined) return { kind: 'number', value: Number(number) };
  if (word !== undefined) return { kind: 'word', value: word };
  return { kind: 'mark', value: mark as '(' };
}

/** Times without a zone are UTC. */
function readTime(text: string): number {
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}${text.includes('T') ? '' : 'T00:00'}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) throw unreadable(`${JSON.stringify(text)} is no time`);
  return time;
}

/** What a client is told whose expression isn't understood: a part of it must not be taken for the whole. */
export function unreadable(why: string): Error {
  return problem('invalid-parameter', `The OData expression is not one that this server understands: ${why}.`);
}
