import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { type Hive, hivePaths } from './links.ts';

interface Resource {
  readonly '@id': string;
  readonly '@type': string;
  readonly comment: string;
  readonly clientVersion?: string;
}

/** For each hive the names that clients know it by, oldest first. Those before 6.6 don't know `/3.6.0`. */
const registrationTypes: Readonly<Record<Hive, readonly string[]>> = {
  plain: ['', '/3.0.0-beta', '/3.0.0-rc'],
  gzip: ['/3.4.0'],
  semver2: ['/3.6.0'],
};

/** `/3.5.0` promises `packageType`. */
const searchTypes = ['', '/3.0.0-beta', '/3.0.0-rc', '/3.5.0'];

/**
 * `GET /index.json`: https://learn.microsoft.com/nuget/api/service-index. Readable without credentials and the same whether
 * the project exists or not: clients ask for what it names next, and send credentials then.
 */
export async function serviceIndex({ base }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const resources = [
    ...registrations(base),
    ...typed('SearchQueryService', searchTypes, `${base}/query`, 'Search for packages'),
    ...typed('SearchAutocompleteService', searchTypes, `${base}/autocomplete`, 'Package ids and versions'),
    resource('PackageBaseAddress/3.0.0', `${base}/download/`, 'Package contents'),
    resource('LegacyGallery/2.0.0', `${base}/v2`, 'The V2 feed'),
    resource('ReadmeUriTemplate/6.13.0', `${base}/download/{lower_id}/{lower_version}/readme`, 'README of a version'),
    ...(isProject(base) ? publishing(base) : []),
    // An empty list would not keep the schema; without one clients say that nothing is audited.
    ...((await registry.hasAdvisories()) ? auditing(base) : []),
    ...templates(base),
  ];
  const headers = { 'cache-control': 'private, max-age=0, must-revalidate' };
  return { status: 200, headers, body: { version: '3.0.0', resources } };
}

/** Who may not see a project is served as if at the instance; its URL tells where the client is. */
function isProject(base: string): boolean {
  return /\/api\/v4\/projects\/[^/]+\/packages\/nuget$/.test(base);
}

function registrations(base: string): readonly Resource[] {
  const url = (hive: Hive): string => `${base}/${hivePaths[hive]}/`;
  return [
    ...typed('RegistrationsBaseUrl', registrationTypes.plain, url('plain'), 'Package metadata'),
    ...typed('RegistrationsBaseUrl', registrationTypes.gzip, url('gzip'), 'Package metadata, compressed'),
    ...typed('RegistrationsBaseUrl', registrationTypes.semver2, url('semver2'), 'Package metadata with SemVer 2.0.0'),
    {
      ...resource('RegistrationsBaseUrl/Versioned', url('semver2'), 'Package metadata with SemVer 2.0.0'),
      clientVersion: '4.3.0-alpha',
    },
  ];
}

function auditing(base: string): readonly Resource[] {
  return [resource('VulnerabilityInfo/6.7.0', `${base}/vulnerabilities/index.json`, 'Known vulnerabilities')];
}

function publishing(base: string): readonly Resource[] {
  return [
    resource('PackagePublish/2.0.0', base, 'Push and delete'),
    resource('SymbolPackagePublish/4.9.0', `${base}/symbolpackage`, 'Push symbols'),
  ];
}

/** Clients take these from https sources only. */
function templates(base: string): readonly Resource[] {
  if (!base.startsWith('https:')) return [];
  return [
    resource('PackageDetailsUriTemplate/5.1.0', `${base}/metadata-semver2/{id}/{version}.json`, 'Details of a version'),
    ...typed(
      'ReportAbuseUriTemplate',
      ['/3.0.0-beta', '/3.0.0-rc', '/3.0.0'],
      `${base}/metadata-semver2/{id}/{version}.json`,
      'Where a version tells who is responsible for it',
    ),
  ];
}

function typed(name: string, suffixes: readonly string[], url: string, comment: string): readonly Resource[] {
  return suffixes.map((suffix) => resource(name + suffix, url, comment));
}

function resource(type: string, url: string, comment: string): Resource {
  return { '@id': url, '@type': type, comment };
}
