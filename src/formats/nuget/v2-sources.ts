import { problem } from '../../problems/problem.ts';
import type { FormatRequest, RegistryPort } from '../format.ts';
import { refuseAnonymousView } from './find-packages.ts';
import { isPrerelease } from './nuget-version.ts';
import { soughtValue } from './odata-mentions.ts';
import { listedFor, type NuGetPackage } from './package-entries.ts';
import { type Criteria, parseSearchText } from './search-text.ts';
import { allPackages, packagesOf, packagesWith } from './v2-contents.ts';
import { flagParameter, textParameter, type V2Query } from './v2-query.ts';
import type { V2Source } from './v2-select.ts';
import { updates } from './v2-updates.ts';

type Opening = (request: FormatRequest, registry: RegistryPort, query: V2Query) => V2Source;

/** What a feed can be made of, by the name in its URL. */
const sources: ReadonlyMap<string, Opening> = new Map([
  ['findpackagesbyid', findPackagesById],
  ['packages', packages],
  ['search', search],
  ['getupdates', updates],
]);

export function openSource(name: string, request: FormatRequest, registry: RegistryPort, query: V2Query): V2Source {
  const open = sources.get(name.toLowerCase());
  if (open === undefined) {
    throw problem('not-found', 'The V2 feed has Packages, FindPackagesById(), Search() and GetUpdates().');
  }
  return open(request, registry, query);
}

/** `FindPackagesById()?id='X'`: every version, unlisted ones too. */
function findPackagesById(request: FormatRequest, registry: RegistryPort): V2Source {
  const id = textParameter(request, 'id');
  if (id === '') throw problem('invalid-parameter', "FindPackagesById() takes an id: ?id='Package'.");
  return { packages: packagesOf(registry, [id]), admits: () => true, byId: true };
}

/** `Packages()`: what is listed, of all packages or of the one that the filter names. */
function packages(_request: FormatRequest, registry: RegistryPort, { filter }: V2Query): V2Source {
  const id = filter === null ? null : soughtValue(filter, 'Id');
  if (typeof id !== 'string') refuseAnonymousView(registry);
  return {
    packages: typeof id === 'string' ? packagesOf(registry, [id]) : allPackages(registry),
    admits: ({ entry }) => entry.listed,
    byId: true,
  };
}

/** `Search()?searchTerm='x'&includePrerelease=false`: without a term all that is listed. */
function search(request: FormatRequest, registry: RegistryPort, { semVer2 }: V2Query): V2Source {
  refuseAnonymousView(registry);
  const term = textParameter(request, 'searchTerm');
  const prerelease = flagParameter(request, 'includePrerelease');
  const criteria = parseSearchText(term);
  const found = packagesWith(registry, criteria);
  return {
    packages: term === '' ? allPackages(registry) : matching(found, criteria, { prerelease, semVer2 }),
    admits: ({ entry }) => entry.listed && (prerelease || !isPrerelease(entry.parsed)),
    byId: term === '',
  };
}

async function* matching(
  found: AsyncIterable<NuGetPackage>,
  criteria: Criteria,
  shownTo: Parameters<typeof listedFor>[1],
): AsyncGenerator<NuGetPackage> {
  for await (const nuget of found) {
    const shown = listedFor(nuget, shownTo);
    const latest = shown.at(-1);
    if (latest !== undefined && criteria.matches(latest, shown)) yield nuget;
  }
}
