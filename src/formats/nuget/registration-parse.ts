import { createHash } from 'node:crypto';
import type { DependencyGroup, NuGetManifest, PackageType } from './manifest.ts';
import { licenseText } from '../../lib/license-expression.ts';
import { parseVersion } from './nuget-version.ts';
import { type NuGetPackage, type PackageEntry, sorted } from './package-entries.ts';
import { deprecationOf } from './standing.ts';
import { parseRange, rangeIsSemVer2 } from './version-range.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A registration index, page or leaf of another registry. Versions of pages that an index only names are not in it: they
 * are read with the page. What doesn't look as documented is passed over.
 */
export function parseRegistration(text: string): NuGetPackage {
  const leaves = leavesOf(JSON.parse(text) as unknown, 0);
  const entries = new Map<string, PackageEntry>();
  for (const leaf of leaves) {
    const entry = entryOf(leaf);
    if (entry !== null && !entries.has(entry.parsed.key)) entries.set(entry.parsed.key, entry);
  }
  const list = sorted([...entries.values()]);
  const last = list.at(-1);
  return { id: last === undefined ? '' : (JSON.parse(last.fragment) as NuGetManifest).id, entries: list };
}

/** An index has pages, and these have leaves: nothing lies deeper. */
const deepest = 2;

function leavesOf(value: unknown, depth: number): readonly Fields[] {
  if (!isFields(value) || depth > deepest) return [];
  if (isFields(value['catalogEntry'])) return [value['catalogEntry']];
  return listOf(value['items']).flatMap((item) => leavesOf(item, depth + 1));
}

function entryOf(leaf: Fields): PackageEntry | null {
  const parsed = parseVersion(textOf(leaf['version']));
  if (parsed === null || textOf(leaf['id']) === '') return null;
  const published = Date.parse(textOf(leaf['published']));
  const manifest = { ...manifestOf(leaf), version: parsed.full };
  const entry = {
    fragment: JSON.stringify(manifest),
    semVer2: manifest.semVer2 || parsed.full !== parsed.normalized || parsed.labels.length > 1,
    listed: leaf['listed'] !== false,
    deprecation: isFields(leaf['deprecation'])
      ? deprecationOf({ standing: null, standingReason: JSON.stringify(leaf['deprecation']), status: 'default' })
      : null,
    publishedAt: Number.isNaN(published) || new Date(published).getUTCFullYear() === 1900 ? null : published,
  };
  return { ...entry, stamp: stampOf(entry), parsed, license: licenseOf(leaf) };
}

/** An expression, or the address that stands for one: https://learn.microsoft.com/nuget/reference/nuspec#license. */
function licenseOf(leaf: Fields): string | null {
  const expression = textOf(leaf['licenseExpression']);
  if (expression.trim() !== '') return licenseText(expression);
  const [, named] = /^https:\/\/licenses\.nuget\.org\/([^?#]{1,200})$/.exec(textOf(leaf['licenseUrl'])) ?? [];
  try {
    return named === undefined ? null : decodeURIComponent(named);
  } catch {
    return null;
  }
}

/** Everything that is shown of it counts: the same version may be unlisted or deprecated the next day. */
function stampOf(entry: Omit<PackageEntry, 'stamp' | 'parsed'>): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('base64url');
}

function manifestOf(leaf: Fields): NuGetManifest {
  const dependencyGroups = listOf(leaf['dependencyGroups']).filter(isFields).map(groupOf);
  const text = (name: string): string => textOf(leaf[name]);
  const optional = (name: string): object => (text(name) === '' ? {} : { [name]: text(name) });
  return {
    id: text('id'),
    version: text('version'),
    semVer2: dependencyGroups.some(({ dependencies }) => dependencies.some(({ range }) => needsSemVer2(range))),
    authors: words(leaf['authors'], ', ').join(', '),
    description: text('description'),
    ...optional('title'),
    ...optional('summary'),
    ...optional('language'),
    ...optional('minClientVersion'),
    ...optional('projectUrl'),
    ...optional('licenseUrl'),
    ...optional('licenseExpression'),
    ...optional('iconUrl'),
    ...(leaf['requireLicenseAcceptance'] === true ? { requireLicenseAcceptance: true } : {}),
    tags: words(leaf['tags'], ' '),
    packageTypes: packageTypesOf(leaf['packageTypes']),
    dependencyGroups,
    size: 0,
    sha512: '',
    embedded: [],
  };
}

function groupOf(group: Fields): DependencyGroup {
  const targetFramework = textOf(group['targetFramework']);
  return {
    ...(targetFramework === '' ? {} : { targetFramework }),
    dependencies: listOf(group['dependencies'])
      .filter(isFields)
      .map((dependency) => ({ id: textOf(dependency['id']), range: textOf(dependency['range']) || '(, )' }))
      .filter(({ id }) => id !== ''),
  };
}

function needsSemVer2(range: string): boolean {
  const parsed = parseRange(range);
  return parsed !== null && rangeIsSemVer2(parsed);
}

function packageTypesOf(value: unknown): readonly PackageType[] {
  const types = listOf(value)
    .filter(isFields)
    .map((type) => ({ name: textOf(type['name']) }))
    .filter(({ name }) => name !== '');
  return types.length === 0 ? [{ name: 'Dependency' }] : types;
}

function words(value: unknown, separator: string): readonly string[] {
  const list = Array.isArray(value) ? value.filter((word) => typeof word === 'string') : textOf(value).split(separator);
  return list.filter((word) => word !== '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
