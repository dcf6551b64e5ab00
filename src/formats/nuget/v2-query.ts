import { problem } from '../../problems/problem.ts';
import type { FormatRequest } from '../format.ts';
import type { Expression } from './odata-expression.ts';
import { parseFilter } from './odata-parse.ts';
import { readsSemVer2 } from './search-request.ts';
import { properties, propertyTypes } from './v2-properties.ts';

/** What a request asks of a feed, beside what its function takes. */
export interface V2Query {
  readonly filter: Expression | null;
  readonly order: readonly { readonly property: string; readonly descending: boolean }[];
  readonly skip: number;
  /** `null` = as many as there are. */
  readonly top: number | null;
  readonly count: boolean;
  readonly select: ReadonlySet<string> | null;
  /** The client reads SemVer 2. */
  readonly semVer2: boolean;
  readonly json: boolean;
}

const known = new Set(['$filter', '$orderby', '$skip', '$top', '$inlinecount', '$select', '$format']);
const mostSkipped = 1_000_000;

/** Refuses with `invalid-parameter` what it doesn't understand: an answer to another question would mislead. */
export function readQuery({ query, headers }: FormatRequest): V2Query {
  for (const name of query.keys()) {
    if (name.startsWith('$') && !known.has(name)) throw problem('invalid-parameter', `This feed has no ${name}.`);
  }
  const filter = query.get('$filter') ?? '';
  return {
    filter: filter.trim() === '' ? null : parseFilter(filter, propertyTypes),
    order: readOrder(query.get('$orderby') ?? ''),
    skip: wholeNumber(query, '$skip') ?? 0,
    top: wholeNumber(query, '$top'),
    count: oneOf(query, '$inlinecount', ['none', 'allpages']) === 'allpages',
    select: readSelect(query.get('$select') ?? ''),
    semVer2: readsSemVer2(textIn(query.get('semVerLevel') ?? '')),
    json: readJson(query, headers.accept),
  };
}

function readOrder(text: string): V2Query['order'] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    const [, property = '', direction = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/.exec(part) ?? [];
    return { property: existing('$orderby', property), descending: direction === 'desc' };
  });
}

function readSelect(text: string): V2Query['select'] {
  const names = text.split(',').map((name) => name.trim());
  if (text.trim() === '' || names.includes('*')) return null;
  return new Set(['Id', 'Version', ...names.map((name) => existing('$select', name))]);
}

function existing(option: string, property: string): string {
  if (!properties.has(property))
    throw problem('invalid-parameter', `${option} takes properties of this feed's $metadata.`);
  return property;
}

function readJson(query: URLSearchParams, accept: string | undefined): boolean {
  const format = oneOf(query, '$format', ['atom', 'json']);
  if (format !== null) return format === 'json';
  return accept !== undefined && /\bapplication\/json\b/.test(accept) && !/\b(?:atom\+)?xml\b/.test(accept);
}

function oneOf(query: URLSearchParams, name: string, values: readonly string[]): string | null {
  const value = query.get(name);
  if (value === null || value === '') return null;
  if (!values.includes(value)) throw problem('invalid-parameter', `${name} is ${values.join(' or ')}.`);
  return value;
}

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  if (value === null || value === '') return null;
  if (!/^\d{1,9}$/.test(value)) throw problem('invalid-parameter', `${name} is a whole number.`);
  return Math.min(Number(value), mostSkipped);
}

/** What a function is called with: `'text'`, in which `''` stands for `'`. Empty when it is left out. */
export function textParameter({ query }: FormatRequest, name: string): string {
  return textIn(query.get(name) ?? '');
}

export function flagParameter(request: FormatRequest, name: string): boolean {
  return textParameter(request, name).toLowerCase() === 'true';
}

/** Without its quotes, where it has them. */
export function textIn(literal: string): string {
  const [, quoted] = /^\s*'(.*)'\s*$/s.exec(literal) ?? [];
  return quoted === undefined ? literal.trim() : quoted.replaceAll("''", "'");
}
