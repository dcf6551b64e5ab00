import { problem } from '../../problems/problem.ts';
import type { Person, SearchHit } from '../../registry/model.ts';
import type { RegistryPort } from '../format.ts';
import { registrationKinds } from './document-kinds.ts';
import { nameOf } from './names.ts';
import { listedFor, manifestOf, type NuGetPackage, type PackageEntry, type Shown } from './package-entries.ts';
import type { Criteria } from './search-text.ts';

/** A package that matches, with what of it is shown. */
export interface Found {
  readonly nuget: NuGetPackage;
  /** Ascending, never empty; the last one stands for the package. */
  readonly shown: readonly PackageEntry[];
  readonly latest: PackageEntry;
  readonly owners: readonly Person[];
}

export interface Wanted extends Shown {
  readonly criteria: Criteria;
  /** Empty = any. */
  readonly packageType: string;
  readonly skip: number;
  readonly take: number;
}

export interface FoundPage {
  readonly found: readonly Found[];
  /** All that match; beyond those looked at it is taken that all do. */
  readonly total: number;
}

const chunk = 100;
/** How many candidates are looked at one by one for a page, and for a count alone. */
const mostExamined = 12_000;
const mostCounted = 2_000;

/**
 * Packages of the mount that have something to show to such a client. Which versions are listed, and for whom, each
 * package tells by itself: so candidates are looked at until the page is full.
 */
export async function findPackages(registry: RegistryPort, wanted: Wanted): Promise<FoundPage> {
  refuseAnonymousView(registry);
  const found: Found[] = [];
  const seen = new Set<string>();
  const enough = wanted.take === 0 ? Infinity : wanted.skip + wanted.take;
  const most = wanted.take === 0 ? mostCounted : mostExamined;
  let examined = 0;
  let total = 0;
  while (examined < most && found.length < enough) {
    const page = await registry.search({ ...wanted.criteria.query, limit: chunk, offset: examined });
    total = page.total;
    for (const hit of page.hits) {
      examined++;
      const match = seen.has(hit.name.toLowerCase()) ? null : await look(registry, hit, wanted);
      seen.add(hit.name.toLowerCase());
      if (match !== null) found.push(match);
      if (found.length >= enough) break;
    }
    if (page.hits.length < chunk) break;
  }
  const page = wanted.take === 0 ? [] : found.slice(wanted.skip, wanted.skip + wanted.take);
  return { found: page, total: found.length + Math.max(0, total - examined) };
}

/** Clients ask without credentials first, and would be content with what is public of a group. */
export function refuseAnonymousView({ scope, caller }: RegistryPort): void {
  if (scope !== 'project' && caller.kind === 'anonymous') throw problem('unauthenticated');
}

async function look(registry: RegistryPort, hit: SearchHit, wanted: Wanted): Promise<Found | null> {
  const nuget = await registry.contents(registrationKinds.semver2, nameOf(hit.name));
  const shown = nuget === null ? [] : listedFor(nuget, wanted);
  const latest = shown.at(-1);
  if (nuget === null || latest === undefined) return null;
  if (!hasType(latest, wanted.packageType) || !wanted.criteria.matches(latest, shown)) return null;
  return { nuget, shown, latest, owners: hit.maintainers };
}

function hasType(entry: PackageEntry, wanted: string): boolean {
  if (wanted === '') return true;
  return manifestOf(entry).packageTypes.some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
}
