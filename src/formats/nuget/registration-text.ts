import type { DocumentPart } from '../format.ts';
import { leafDocument, type Place, registrationLeaf } from './catalog-entry.ts';
import { pageUrl, registrationUrl } from './links.ts';
import type { NuGetPackage, PackageEntry } from './package-entries.ts';

/** Versions in one page, and how many a package has before its pages are left to be fetched, as on nuget.org. */
const pageSize = 64;
const mostInlined = 127;
/** Versions in one part of the text: what is written and compressed anew when one of them changes. */
const chunkSize = 16;

/**
 * `index.json`: pages of 64 versions, written out for packages of fewer than 128.
 * https://learn.microsoft.com/nuget/api/registration-base-url-resource#registration-index
 */
export function writeIndex(nuget: NuGetPackage, place: Place): readonly DocumentPart[] {
  const shown = entriesIn(nuget, place);
  const pages = chunksOf(shown, pageSize);
  const head = {
    '@id': registrationUrl(place.base, place.hive, nuget.id),
    '@type': ['catalog:CatalogRoot', 'PackageRegistration', 'catalog:Permalink'],
    count: pages.length,
  };
  const written = shown.length > mostInlined ? pages.map((page) => [pageHead(nuget, page, place, '}')]) : null;
  const items = written ?? pages.map((page) => writePage(nuget, page, place));
  return [open(head), ',"items":[', ...items.flatMap((page, index) => (index === 0 ? page : [',', ...page])), ']}'];
}

/** One page with its versions. */
export function writePage(nuget: NuGetPackage, page: readonly PackageEntry[], place: Place): readonly DocumentPart[] {
  return [pageHead(nuget, page, place, ',"items":['), ...writeLeaves(page, place), ']}'];
}

export function writeLeaf(entry: PackageEntry, place: Place): readonly DocumentPart[] {
  return [JSON.stringify(leafDocument(entry, place))];
}

/** What the hive shows of a package. */
export function entriesIn({ entries }: NuGetPackage, { hive }: Pick<Place, 'hive'>): readonly PackageEntry[] {
  return hive === 'semver2' ? entries : entries.filter(({ semVer2 }) => !semVer2);
}

function pageHead({ id }: NuGetPackage, page: readonly PackageEntry[], { base, hive }: Place, rest: string): string {
  const [first, last] = [page[0]?.parsed, page.at(-1)?.parsed];
  // Removed since it was looked for.
  if (first === undefined || last === undefined) return `{"count":0${rest}`;
  const head = {
    '@id': pageUrl(base, hive, id, first, last),
    '@type': 'catalog:CatalogPage',
    count: page.length,
    lower: first.normalized,
    upper: last.normalized,
    parent: registrationUrl(base, hive, id),
  };
  return open(head) + rest;
}

function writeLeaves(page: readonly PackageEntry[], place: Place): readonly DocumentPart[] {
  const { base, hive } = place;
  return chunksOf(page, chunkSize).map((chunk, index) => {
    const comma = index === 0 ? '' : ',';
    return {
      key: `nuget-leaves-1 ${base} ${hive}${comma} ${chunk.map(({ stamp }) => stamp).join()}`,
      text: () => comma + chunk.map((entry) => JSON.stringify(registrationLeaf(entry, place))).join(),
    };
  });
}

/** An object's text without its closing brace. */
function open(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let at = 0; at < list.length; at += size) chunks.push(list.slice(at, at + size));
  return chunks;
}
