import type { PackageEntry } from './package-entries.ts';
import { manifestOf } from './package-entries.ts';
import type { SearchQuery } from '../../registry/model.ts';

/** What `q` asks: words that the registry looks up, and what each package found is then looked at for. */
export interface Criteria {
  readonly query: Pick<SearchQuery, 'words' | 'keywords' | 'maintainer'>;
  /** The version that stands for a package, and all that the client would be shown. */
  matches(latest: PackageEntry, shown: readonly PackageEntry[]): boolean;
}

type Test = (latest: PackageEntry, shown: readonly PackageEntry[]) => boolean;

interface Reading {
  readonly words: string[];
  readonly keywords: string[];
  readonly maintainers: string[];
  readonly tests: Test[];
}

const longestQuery = 1_000;
/** Database look-ups take time by the word. */
const mostWords = 20;

/**
 * Words must all occur; `packageid:X` is the whole id, `id:X` a part of it, and `tags:`, `author:`, `owner:`, `title:`,
 * `version:` are about one field. Quotes keep words together. Unknown fields are words.
 * https://learn.microsoft.com/nuget/consume-packages/finding-and-choosing-packages#search-syntax
 */
export function parseSearchText(text: string): Criteria {
  const reading: Reading = { words: [], keywords: [], maintainers: [], tests: [] };
  const terms = text.slice(0, longestQuery).matchAll(/(?:([A-Za-z]+):)?(?:"([^"]*)"|(\S+))/g);
  for (const [whole, field = '', quoted, bare] of [...terms].slice(0, mostWords)) {
    const value = (quoted ?? bare ?? '').trim();
    if (value === '') continue;
    const readField = fields.get(field.toLowerCase());
    if (field !== '' && readField !== undefined) readField(value.toLowerCase(), reading);
    else reading.words.push(field === '' ? value : whole);
  }
  const { words, keywords, maintainers, tests } = reading;
  const [maintainer] = maintainers;
  return {
    query: { words, keywords, ...(maintainer === undefined ? {} : { maintainer }) },
    matches: (latest, shown) => tests.every((test) => test(latest, shown)),
  };
}

const byId = (value: string, reading: Reading, test: (id: string) => boolean): void => {
  reading.words.push(value);
  reading.tests.push((latest) => test(manifestOf(latest).id.toLowerCase()));
};

const fields = new Map<string, (value: string, reading: Reading) => void>([
  ['packageid', (value, reading) => byId(value, reading, (id) => id === value)],
  ['id', (value, reading) => byId(value, reading, (id) => id.includes(value))],
  ['tag', (value, { keywords }) => keywords.push(...value.split(/[\s,]+/).filter((tag) => tag !== ''))],
  ['tags', (value, { keywords }) => keywords.push(...value.split(/[\s,]+/).filter((tag) => tag !== ''))],
  ['author', author],
  ['authors', author],
  ['owner', (value, { maintainers }) => maintainers.push(value)],
  ['owners', (value, { maintainers }) => maintainers.push(value)],
  [
    'title',
    (value, { tests }) => tests.push((latest) => (manifestOf(latest).title ?? '').toLowerCase().includes(value)),
  ],
  ['version', (value, { tests }) => tests.push((_latest, shown) => shown.some(({ parsed }) => parsed.key === value))],
]);

function author(value: string, { tests }: Reading): void {
  tests.push((latest) => manifestOf(latest).authors.toLowerCase().includes(value));
}
