import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { linksOf, type Place } from './catalog-entry.ts';
import { findPackages, type Found } from './find-packages.ts';
import { leafUrl, registrationUrl } from './links.ts';
import { manifestOf } from './package-entries.ts';
import { nameOf } from './names.ts';
import { pageIn, shownIn } from './search-request.ts';
import { parseSearchText } from './search-text.ts';

/** `GET /query`: https://learn.microsoft.com/nuget/api/search-query-service-resource. Unlisted versions are never in it. */
export async function search({ query, base }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const shown = shownIn(query);
  const { found, total } = await findPackages(registry, {
    criteria: parseSearchText(query.get('q') ?? ''),
    packageType: query.get('packageType') ?? '',
    ...shown,
    ...pageIn(query),
  });
  const place: Place = { base, hive: shown.semVer2 ? 'semver2' : 'plain' };
  const reserved = await registry.reservedHere(found.map(({ nuget }) => nameOf(nuget.id)));
  const data: unknown[] = [];
  for (const hit of found) {
    const name = nameOf(hit.nuget.id);
    data.push(hitOf(hit, await registry.downloads(name), reserved.has(name.key), place));
  }
  return { status: 200, body: { totalHits: total, data } };
}

function hitOf(
  { latest, shown, owners }: Found,
  downloads: ReadonlyMap<string, number>,
  verified: boolean,
  { base, hive }: Place,
) {
  const manifest = manifestOf(latest);
  const { licenseUrl, iconUrl } = linksOf(manifest, latest, base);
  return {
    '@id': registrationUrl(base, hive, manifest.id),
    '@type': 'Package',
    registration: registrationUrl(base, hive, manifest.id),
    id: manifest.id,
    version: latest.parsed.full,
    description: manifest.description,
    summary: manifest.summary ?? '',
    title: manifest.title ?? manifest.id,
    iconUrl,
    licenseUrl,
    projectUrl: manifest.projectUrl ?? '',
    tags: manifest.tags,
    authors: manifest.authors.split(',').map((author) => author.trim()),
    owners: owners.map(({ username }) => username),
    totalDownloads: [...downloads.values()].reduce((sum, count) => sum + count, 0),
    verified,
    packageTypes: manifest.packageTypes,
    versions: shown.map(({ parsed }) => ({
      '@id': leafUrl(base, hive, manifest.id, parsed),
      version: parsed.full,
      downloads: downloads.get(parsed.key) ?? 0,
    })),
    vulnerabilities: [],
  };
}
