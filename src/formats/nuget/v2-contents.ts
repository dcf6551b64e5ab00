import type { DocumentKind, RegistryPort } from '../format.ts';
import { isPackageId, nameOf } from './names.ts';
import {
  buildPackage,
  keepVersions,
  listedFor,
  manifestOf,
  mergePackages,
  type NuGetPackage,
  type PackageEntry,
  versionsOf,
} from './package-entries.ts';
import { isPrerelease } from './nuget-version.ts';
import { parseRegistration } from './registration-parse.ts';
import type { Criteria } from './search-text.ts';

/** A package with all that feeds show of it; feeds are written from it, one page at a time. */
const feedContents: DocumentKind<NuGetPackage> = {
  id: 'nuget-v2-contents-1',
  reads: 'manifest',
  build: buildPackage,
  parse: parseRegistration,
  versions: versionsOf,
  keep: keepVersions,
  merge: mergePackages,
  render: ({ entries }) => ({ mediaType: 'application/json', parts: [JSON.stringify(entries.map(manifestOf))] }),
};

const searchPage = 250;
const namePage = 500;

/** The package, or `null`; ids that can't exist are just not there. */
export async function packageOf(registry: RegistryPort, id: string): Promise<NuGetPackage | null> {
  return isPackageId(id) ? registry.contents(feedContents, nameOf(id)) : null;
}

/** Each of those that are there. */
export async function* packagesOf(registry: RegistryPort, ids: readonly string[]): AsyncGenerator<NuGetPackage> {
  for (const key of new Set(ids.map((id) => id.toLowerCase()))) {
    const found = await packageOf(registry, key);
    if (found !== null) yield found;
  }
}

/** All that this mount shows, by id. */
export async function* allPackages(registry: RegistryPort): AsyncGenerator<NuGetPackage> {
  let after: string | undefined;
  for (;;) {
    const names = await registry.names({ limit: namePage, ...(after === undefined ? {} : { after }) });
    yield* packagesOf(
      registry,
      names.map(({ key }) => key),
    );
    after = names.at(-1)?.key;
    if (after === undefined || names.length < namePage) return;
  }
}

/** Those whose ids begin so, by id. The others are not looked at: there may be thousands. */
export async function* packagesBeginning(registry: RegistryPort, prefix: string): AsyncGenerator<NuGetPackage> {
  const start = prefix.toLowerCase();
  const exact = await packageOf(registry, start);
  if (exact !== null) yield exact;
  let after = start;
  for (;;) {
    const names = await registry.names({ limit: namePage, after });
    const keys = names.map(({ key }) => key).filter((key) => key.startsWith(start));
    yield* packagesOf(registry, keys);
    after = keys.at(-1) ?? after;
    if (keys.length < namePage) return;
  }
}

/** Those that a search text asks for, a package of exactly that name first; what else it asks is for `matches` to say. */
export async function* packagesWith(registry: RegistryPort, { query }: Criteria): AsyncGenerator<NuGetPackage> {
  for (let offset = 0; ; offset += searchPage) {
    const { hits } = await registry.search({ ...query, limit: searchPage, offset });
    yield* packagesOf(
      registry,
      hits.map(({ name }) => name),
    );
    if (hits.length < searchPage) return;
  }
}

/** What a client gets that names no version: the highest listed release, else the highest listed version. */
export function newestOf(nuget: NuGetPackage): PackageEntry | undefined {
  const listed = listedFor(nuget, { prerelease: true, semVer2: true });
  return listed.findLast(({ parsed }) => !isPrerelease(parsed)) ?? listed.at(-1);
}
