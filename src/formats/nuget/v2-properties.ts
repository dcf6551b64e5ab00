import { linksOf, unlistedSince } from './catalog-entry.ts';
import { isPrerelease } from './nuget-version.ts';
import type { Value, ValueType } from './odata-expression.ts';
import { dependenciesText } from './v2-dependencies.ts';
import type { V2Row } from './v2-row.ts';

export type EdmType = 'Edm.String' | 'Edm.Boolean' | 'Edm.Int32' | 'Edm.Int64' | 'Edm.DateTime';

/** A property of `V2FeedPackage`. Times are milliseconds since the epoch. */
export interface V2Property {
  readonly edm: EdmType;
  readonly nullable: boolean;
  /** Compared and ordered as a version. */
  readonly isVersion: boolean;
  readonly of: (row: V2Row) => Value;
}

const text = (of: V2Property['of'], nullable = true): V2Property => ({
  edm: 'Edm.String',
  nullable,
  isVersion: false,
  of,
});
const version = (of: V2Property['of']): V2Property => ({ edm: 'Edm.String', nullable: false, isVersion: true, of });
const flag = (of: (row: V2Row) => boolean): V2Property => ({
  edm: 'Edm.Boolean',
  nullable: false,
  isVersion: false,
  of,
});
const time = (of: V2Property['of'], nullable = false): V2Property => ({
  edm: 'Edm.DateTime',
  nullable,
  isVersion: false,
  of,
});
const count = (of: (row: V2Row) => number, edm: 'Edm.Int32' | 'Edm.Int64' = 'Edm.Int32'): V2Property => ({
  edm,
  nullable: false,
  isVersion: false,
  of,
});

const published = ({ entry }: V2Row): number => entry.publishedAt ?? 0;
const link =
  (name: keyof ReturnType<typeof linksOf>) =>
  ({ manifest, entry, of }: V2Row): Value =>
    linksOf(manifest, entry, of.base)[name] || null;

/** In the order in which entries show them: https://www.nuget.org/api/v2/$metadata is where they come from. */
export const properties: ReadonlyMap<string, V2Property> = new Map<string, V2Property>([
  ['Id', text(({ manifest }) => manifest.id, false)],
  ['Version', version(({ entry }) => entry.parsed.full)],
  ['NormalizedVersion', version(({ entry }) => entry.parsed.normalized)],
  ['Authors', text(({ manifest }) => manifest.authors)],
  ['Copyright', text(({ manifest }) => manifest.copyright ?? null)],
  ['Created', time(published)],
  ['Dependencies', text(({ manifest }) => dependenciesText(manifest.dependencyGroups))],
  ['Description', text(({ manifest }) => manifest.description)],
  ['DownloadCount', count(({ of }) => [...of.downloads.values()].reduce((sum, downloads) => sum + downloads, 0))],
  ['GalleryDetailsUrl', text(() => null)],
  ['IconUrl', text(link('iconUrl'))],
  ['IsLatestVersion', flag(({ isLatest }) => isLatest)],
  ['IsAbsoluteLatestVersion', flag(({ isAbsoluteLatest }) => isAbsoluteLatest)],
  ['IsPrerelease', flag(({ entry }) => isPrerelease(entry.parsed))],
  ['Language', text(({ manifest }) => manifest.language ?? null)],
  ['LastUpdated', time(published)],
  ['LastEdited', time(() => null, true)],
  ['LicenseNames', text(({ manifest }) => manifest.licenseExpression ?? null)],
  ['LicenseReportUrl', text(() => null)],
  ['LicenseUrl', text(link('licenseUrl'))],
  ['Listed', flag(({ entry }) => entry.listed)],
  ['MinClientVersion', text(({ manifest }) => manifest.minClientVersion ?? null)],
  ['PackageHash', text(({ manifest }) => Buffer.from(manifest.sha512, 'hex').toString('base64') || null)],
  ['PackageHashAlgorithm', text(() => 'SHA512')],
  ['PackageSize', count(({ manifest }) => manifest.size, 'Edm.Int64')],
  ['ProjectUrl', text(({ manifest }) => manifest.projectUrl ?? null)],
  // Clients from before `Listed` go by this.
  ['Published', time((row) => (row.entry.listed ? published(row) : Date.parse(unlistedSince)))],
  ['ReleaseNotes', text(({ manifest }) => manifest.releaseNotes ?? null)],
  ['ReportAbuseUrl', text(() => null)],
  ['RequireLicenseAcceptance', flag(({ manifest }) => manifest.requireLicenseAcceptance === true)],
  ['Summary', text(({ manifest }) => manifest.summary ?? null)],
  // Spaces at both ends: clients look for ` word `.
  ['Tags', text(({ manifest }) => (manifest.tags.length === 0 ? null : ` ${manifest.tags.join(' ')} `))],
  ['Title', text(({ manifest }) => manifest.title ?? null)],
  ['VersionDownloadCount', count(({ entry, of }) => of.downloads.get(entry.parsed.key) ?? 0)],
]);

const expressionTypes: Readonly<Record<EdmType, ValueType>> = {
  'Edm.String': 'text',
  'Edm.Boolean': 'boolean',
  'Edm.Int32': 'number',
  'Edm.Int64': 'number',
  'Edm.DateTime': 'time',
};

/** Their values have to be asked for. */
export const downloadCounts: ReadonlySet<string> = new Set(['DownloadCount', 'VersionDownloadCount']);

/** What `$filter` may name. */
export const propertyTypes: ReadonlyMap<string, ValueType> = new Map(
  [...properties].map(([name, { edm, isVersion }]) => [name, isVersion ? 'version' : expressionTypes[edm]]),
);

export function valueOf(row: V2Row, name: string): Value {
  return properties.get(name)?.of(row) ?? null;
}

/** As Atom and JSON write it: times in ISO 8601, UTC. */
export function writtenValue(row: V2Row, { edm, of }: V2Property): Value {
  const value = of(row);
  return edm === 'Edm.DateTime' && typeof value === 'number' ? new Date(value).toISOString() : value;
}
