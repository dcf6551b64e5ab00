import type { EmbeddedFile, NuGetManifest, PackageType } from './manifest.ts';
import { isPackageId } from './names.ts';
import { isSemVer2, type NuGetVersion, parseVersion } from './nuget-version.ts';
import { type ReadDependencies, readDependencies } from './nuspec-dependencies.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  type NuspecElement,
  onlyTextOf,
  parseNuspec,
  refused,
  textOf,
} from './nuspec-xml.ts';

/** What its nuspec says of a package: https://learn.microsoft.com/nuget/reference/nuspec. */
export interface Nuspec {
  readonly id: string;
  readonly version: NuGetVersion;
  readonly semVer2: boolean;
  readonly fields: NuspecFields;
  readonly packageTypes: readonly PackageType[];
  readonly dependencyGroups: NuGetManifest['dependencyGroups'];
  /** Paths in the package. */
  readonly embedded: Readonly<Partial<Record<EmbeddedFile, string>>>;
}

/** What is kept as it is read. */
export type NuspecFields = Omit<
  NuGetManifest,
  'id' | 'version' | 'semVer2' | 'packageTypes' | 'dependencyGroups' | 'size' | 'sha512' | 'embedded'
>;

/** nuget.org's limits, in characters. */
const limits = {
  title: 256,
  authors: 4_000,
  description: 4_000,
  summary: 4_000,
  releaseNotes: 35_000,
  copyright: 4_000,
  tags: 4_000,
  language: 20,
} as const;
const longestUrl = 4_000;

export function readNuspec(bytes: Buffer): Nuspec {
  const metadata = childOf(parseNuspec(bytes), 'metadata');
  if (metadata === null) throw refused('has no <metadata>');
  const id = onlyTextOf(metadata, 'id');
  if (!isPackageId(id)) throw refused(`has no id, or one that is none: ${JSON.stringify(id.slice(0, 120))}`);
  const versionText = onlyTextOf(metadata, 'version');
  const version = parseVersion(versionText);
  if (version === null || version.key.length > 64) {
    throw refused(`has no version, or one that is none: ${JSON.stringify(versionText.slice(0, 80))}`);
  }
  const dependencies = readDependencies(metadata);
  return {
    id,
    version,
    semVer2: isSemVer2(version) || dependencies.semVer2,
    fields: fieldsOf(metadata, dependencies),
    packageTypes: packageTypesOf(metadata),
    dependencyGroups: dependencies.groups,
    embedded: embeddedOf(metadata),
  };
}

function fieldsOf(metadata: NuspecElement, { frameworkAssemblies }: ReadDependencies): NuspecFields {
  const license = childOf(metadata, 'license');
  const expression = license !== null && attributeOf(license, 'type') === 'expression' ? license.text.trim() : '';
  return {
    authors: bounded(metadata, 'authors'),
    description: bounded(metadata, 'description'),
    ...optional('title', bounded(metadata, 'title')),
    ...optional('summary', bounded(metadata, 'summary')),
    ...optional('releaseNotes', bounded(metadata, 'releaseNotes')),
    ...optional('copyright', bounded(metadata, 'copyright')),
    ...optional('language', bounded(metadata, 'language')),
    tags: [...new Set(bounded(metadata, 'tags').split(/[\s,;]+/))].filter((tag) => tag !== ''),
    ...optional('projectUrl', webUrl(metadata, 'projectUrl')),
    ...optional('licenseUrl', webUrl(metadata, 'licenseUrl')),
    ...optional('licenseExpression', expression.slice(0, 500)),
    ...optional('iconUrl', webUrl(metadata, 'iconUrl')),
    ...(isTrue(metadata, 'requireLicenseAcceptance') ? { requireLicenseAcceptance: true } : {}),
    ...(isTrue(metadata, 'developmentDependency') ? { developmentDependency: true } : {}),
    ...optional('minClientVersion', minClientVersion(metadata)),
    ...repositoryOf(metadata),
    ...(frameworkAssemblies.length === 0 ? {} : { frameworkAssemblies }),
  };
}

function bounded(metadata: NuspecElement, field: keyof typeof limits): string {
  const text = textOf(metadata, field);
  if (text.length > limits[field]) throw refused(`has a <${field}> of more than ${limits[field]} characters`);
  return text;
}

/** Links are shown to people: what isn't one of the web is left out. */
function webUrl(metadata: NuspecElement, field: string): string {
  const text = textOf(metadata, field);
  if (text.length > longestUrl || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return '';
  return text;
}

function isTrue(metadata: NuspecElement, field: string): boolean {
  return textOf(metadata, field).toLowerCase() === 'true';
}

function minClientVersion(metadata: NuspecElement): string {
  const text = attributeOf(metadata, 'minClientVersion');
  if (text !== '' && parseVersion(text) === null) throw refused('has a minClientVersion that is no version');
  return text;
}

function repositoryOf(metadata: NuspecElement): Pick<NuspecFields, 'repository'> {
  const element = childOf(metadata, 'repository');
  if (element === null) return {};
  const names = ['type', 'url', 'branch', 'commit'] as const;
  const said = names.map((name) => [name, attributeOf(element, name).slice(0, longestUrl)] as const);
  return { repository: Object.fromEntries(said.filter(([, value]) => value !== '')) };
}

function packageTypesOf(metadata: NuspecElement): readonly PackageType[] {
  const list = childOf(metadata, 'packageTypes');
  const types = (list === null ? [] : childrenOf(list, 'packageType')).map((type) => ({
    name: attributeOf(type, 'name'),
    ...optional('version', attributeOf(type, 'version')),
  }));
  if (types.some(({ name }) => !/^[\w.-]{1,100}$/.test(name)))
    throw refused('has a package type without a proper name');
  return types.length === 0 ? [{ name: 'Dependency' }] : types;
}

function embeddedOf(metadata: NuspecElement): Nuspec['embedded'] {
  const license = childOf(metadata, 'license');
  const licensePath = license !== null && attributeOf(license, 'type') === 'file' ? license.text.trim() : '';
  return {
    ...optional('readme', textOf(metadata, 'readme')),
    ...optional('icon', textOf(metadata, 'icon')),
    ...optional('license', licensePath),
  };
}

function optional<Key extends string>(key: Key, value: string): { readonly [key in Key]?: string } {
  return value === '' ? {} : ({ [key]: value } as { readonly [key in Key]?: string });
}
