import { embeddedUrl, type Hive, leafUrl, packageUrl, registrationUrl } from './links.ts';
import type { DependencyGroup, NuGetManifest } from './manifest.ts';
import { manifestOf, type PackageEntry } from './package-entries.ts';
import type { Deprecation } from './standing.ts';

/** Where a document is served. */
export interface Place {
  readonly base: string;
  readonly hive: Hive;
}

/** By custom the publication of an unlisted version: clients from before `listed` go by it. */
export const unlistedSince = '1900-01-01T00:00:00.000Z';

/** A version in a registration page: https://learn.microsoft.com/nuget/api/registration-base-url-resource#registration-leaf-object-in-a-page. */
export function registrationLeaf(entry: PackageEntry, place: Place): Readonly<Record<string, unknown>> {
  const { id } = manifestOf(entry);
  const { base, hive } = place;
  return {
    '@id': leafUrl(base, hive, id, entry.parsed),
    '@type': 'Package',
    catalogEntry: catalogEntry(entry, place),
    packageContent: packageUrl(base, id, entry.parsed),
    registration: registrationUrl(base, hive, id),
  };
}

/**
 * The document of one version alone. Id, version, authors and description stand also at its top: PowerShell's
 * PackageManagement looks for them there.
 */
export function leafDocument(entry: PackageEntry, place: Place): Readonly<Record<string, unknown>> {
  const { id, authors, description } = manifestOf(entry);
  return {
    ...registrationLeaf(entry, place),
    '@type': ['Package', 'http://schema.nuget.org/catalog#Permalink'],
    listed: entry.listed,
    published: publishedTime(entry),
    id,
    version: entry.parsed.full,
    authors,
    description,
  };
}

function catalogEntry(entry: PackageEntry, place: Place): Readonly<Record<string, unknown>> {
  const manifest = manifestOf(entry);
  const { base, hive } = place;
  return {
    '@id': leafUrl(base, hive, manifest.id, entry.parsed),
    '@type': 'PackageDetails',
    id: manifest.id,
    version: entry.parsed.full,
    authors: manifest.authors,
    description: manifest.description,
    summary: manifest.summary ?? '',
    title: manifest.title ?? '',
    tags: manifest.tags,
    language: manifest.language ?? '',
    minClientVersion: manifest.minClientVersion ?? '',
    projectUrl: manifest.projectUrl ?? '',
    requireLicenseAcceptance: manifest.requireLicenseAcceptance === true,
    ...linksOf(manifest, entry, base),
    listed: entry.listed,
    published: publishedTime(entry),
    packageContent: packageUrl(base, manifest.id, entry.parsed),
    packageTypes: manifest.packageTypes,
    dependencyGroups: manifest.dependencyGroups.map((group) => shownGroup(group, place)),
    ...(entry.deprecation === null ? {} : { deprecation: shownDeprecation(entry.deprecation) }),
  };
}

/** Licence, icon and README: ours where the package holds them, else what its nuspec links to. */
export function linksOf(
  manifest: NuGetManifest,
  { parsed }: PackageEntry,
  base: string,
): Readonly<Record<'licenseUrl' | 'licenseExpression' | 'iconUrl' | 'readmeUrl', string>> {
  const own = (file: 'license' | 'icon' | 'readme', otherwise = ''): string =>
    manifest.embedded.includes(file) ? embeddedUrl(base, manifest.id, parsed, file) : otherwise;
  return {
    licenseUrl: own('license', manifest.licenseUrl),
    licenseExpression: manifest.licenseExpression ?? '',
    iconUrl: own('icon', manifest.iconUrl),
    readmeUrl: own('readme'),
  };
}

function publishedTime({ listed, publishedAt }: PackageEntry): string {
  return listed && publishedAt !== null ? new Date(publishedAt).toISOString() : unlistedSince;
}

function shownGroup({ targetFramework, dependencies }: DependencyGroup, { base, hive }: Place) {
  return {
    '@type': 'PackageDependencyGroup',
    ...(targetFramework === undefined ? {} : { targetFramework }),
    ...(dependencies.length === 0
      ? {}
      : {
          dependencies: dependencies.map(({ id, range }) => ({
            '@type': 'PackageDependency',
            id,
            range,
            registration: registrationUrl(base, hive, id),
          })),
        }),
  };
}

function shownDeprecation({ reasons, message, alternatePackage }: Deprecation) {
  return {
    '@type': 'deprecation',
    reasons,
    ...(message === undefined ? {} : { message }),
    ...(alternatePackage === undefined
      ? {}
      : { alternatePackage: { '@type': 'alternatePackage', ...alternatePackage } }),
  };
}
