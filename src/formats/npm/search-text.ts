import type { SearchHit, SearchQuery } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';

const longestText = 500;
const mostWords = 20;

/** What a search text asks for: the part the registry looks up, and what must be looked at hit by hit (`null` = nothing). */
export interface Criteria {
  readonly query: Omit<SearchQuery, 'limit' | 'offset'>;
  readonly keep: ((hit: SearchHit) => boolean) | null;
  /** Nothing can match. */
  readonly empty: boolean;
}

interface Reading {
  readonly words: string[];
  readonly filters: ((hit: SearchHit) => boolean)[];
  namespace?: string;
  maintainer?: string;
  publisher?: string;
  readonly keywords: string[];
  empty: boolean;
}

type Qualifier = (reading: Reading, value: string) => void;

/** https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md#get-v1search */
const qualifiers: Readonly<Record<string, Qualifier>> = {
  author: (reading, value) => {
    reading.empty ||= differs(reading.publisher, value);
    reading.publisher = value;
  },
  maintainer: (reading, value) => {
    reading.empty ||= differs(reading.maintainer, value);
    reading.maintainer = value;
  },
  scope: (reading, value) => {
    const namespace = value.replace(/^@/, '');
    reading.empty ||= differs(reading.namespace, namespace);
    reading.namespace = namespace;
  },
  keywords: readKeywords,
  'not:unstable': (reading) => reading.filters.push((hit) => !isUnstable(hit.version)),
  'is:unstable': (reading) => reading.filters.push((hit) => isUnstable(hit.version)),
  // No advisories are kept, so no package is known to be insecure.
  'not:insecure': () => {},
  'is:insecure': (reading) => {
    reading.empty = true;
  },
  // Whether an exact name comes first: the registry's order says so already.
  'boost-exact': () => {},
};

/** Parses a search text: words, and the qualifiers above. A word with an unknown qualifier is a word like any other. */
export function parseSearchText(text: string): Criteria {
  if (text.length > longestText) {
    throw problem('invalid-parameter', `text is longer than ${longestText} characters.`);
  }
  const reading: Reading = { words: [], filters: [], keywords: [], empty: false };
  // What no column can hold can't be found either.
  for (const [term] of text.replace(/[\0\p{Cs}]/gu, ' ').matchAll(/(?:[^\s":]+:)?"[^"]*"|\S+/g))
    readTerm(reading, term);
  if (reading.words.length + reading.keywords.length > mostWords) {
    throw problem('invalid-parameter', `text has more than ${mostWords} words.`);
  }
  const { words, filters, namespace, maintainer, publisher, keywords } = reading;
  const query = {
    words,
    ...(namespace === undefined ? {} : { namespace }),
    ...(maintainer === undefined ? {} : { maintainer }),
    ...(publisher === undefined ? {} : { publisher }),
    ...(keywords.length === 0 ? {} : { keywords }),
  };
  const keep = filters.length === 0 ? null : (hit: SearchHit) => filters.every((filter) => filter(hit));
  return { query, keep, empty: reading.empty };
}

function readTerm(reading: Reading, term: string): void {
  const colon = term.indexOf(':');
  const value = unquoted(term.slice(colon + 1));
  const name = colon > 0 ? term.slice(0, colon) : '';
  const key = name === 'is' || name === 'not' ? `${name}:${value}` : name;
  const qualifier = Object.hasOwn(qualifiers, key) ? qualifiers[key] : undefined;
  if (qualifier === undefined) {
    const word = unquoted(term);
    if (word !== '') reading.words.push(word);
  } else if (value !== '') {
    qualifier(reading, value);
  }
}

/** `a,b` = a or b; `a+b` = both; `a,-b` = a, but not b. The registry looks up what all hits have, filters do the rest. */
function readKeywords(reading: Reading, value: string): void {
  const terms = value
    .toLowerCase()
    .split(',')
    .map((term) => term.trim());
  const excluded = terms.filter((term) => term.startsWith('-')).map((term) => term.slice(1));
  const wanted = terms
    .filter((term) => !term.startsWith('-'))
    .map((term) => term.split('+').filter((word) => word !== ''))
    .filter((words) => words.length > 0);
  if (excluded.length > 0) reading.filters.push((hit) => !excluded.some((word) => keywordsOf(hit).has(word)));
  if (wanted.length === 1) reading.keywords.push(...wanted.flat());
  if (wanted.length > 1) {
    reading.filters.push((hit) => wanted.some((words) => words.every((word) => keywordsOf(hit).has(word))));
  }
}

function keywordsOf(hit: SearchHit): ReadonlySet<string> {
  return new Set(hit.keywords.map((keyword) => keyword.toLowerCase()));
}

/** As npm's search means it: before 1.0.0, or a prerelease. */
export function isUnstable(version: string): boolean {
  return version.startsWith('0.') || version.includes('-');
}

function differs(known: string | undefined, value: string): boolean {
  return known !== undefined && known !== value;
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}
