import type { Person, SourcePackage, SourceVersion } from '../../registry/model.ts';
import { revOf } from './revisions.ts';
import { compareVersions, highestVersion } from './versions.ts';

/** One version as a document holds it; its JSON is not looked into. */
export interface PackumentEntry {
  readonly version: string;
  /** Identifies the content: entries alike have the same. */
  readonly id: string;
  /** JSON text of an object with links as in `mount-links.ts`; without `deprecated`. */
  readonly fragment: string;
  /** Milliseconds; `null` when unknown. */
  readonly publishedAt: number | null;
  /** Of other registries' versions, where their document says so. */
  readonly license?: string | null;
  readonly deprecated: string | null;
  /** Where it isn't in the fragment already. */
  readonly publisher: Person | null;
}

/** A package's document, full or abbreviated, before it is written for one mount. */
export interface Packument {
  readonly name: string;
  readonly rev: string;
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  /** In order of publication. */
  readonly entries: readonly PackumentEntry[];
  /** Tag → version; has `latest` whenever there is a version. */
  readonly tags: ReadonlyMap<string, string>;
  readonly maintainers: readonly Person[];
  readonly stars: readonly string[];
  readonly readme: string | null;
}

export function buildPackument(source: SourcePackage): Packument {
  const entries = source.versions.filter(isListed).map(entryOf);
  return {
    name: source.name,
    rev: revOf(source),
    createdAt: source.createdAt,
    modifiedAt: latestOf([source.updatedAt, ...entries.map((entry) => entry.publishedAt)]),
    entries,
    tags: completeTags(source.tags, entries),
    maintainers: source.maintainers,
    stars: source.stars,
    readme: source.readme,
  };
}

/** Hidden versions can be downloaded by those who know them, but no document shows them. */
function isListed({ status }: SourceVersion): boolean {
  return status === 'default' || status === 'deprecated';
}

function entryOf(version: SourceVersion): PackumentEntry {
  const deprecated = version.standing === 'deprecated' || version.status === 'deprecated';
  return {
    version: version.version,
    id: `${version.id}.${version.revision}`,
    fragment: version.fragment,
    publishedAt: version.publishedAt,
    // Clients take an empty text for "not deprecated".
    deprecated: deprecated ? version.standingReason || 'This version is deprecated.' : null,
    publisher: version.publisher,
  };
}

/** Tags that point to one of the entries, and `latest` in any case. */
export function completeTags(
  tags: ReadonlyMap<string, string>,
  entries: readonly PackumentEntry[],
): ReadonlyMap<string, string> {
  const versions = new Set(entries.map((entry) => entry.version));
  const complete = new Map([...tags].filter(([, version]) => versions.has(version)));
  if (!complete.has('latest') && versions.size > 0) complete.set('latest', substitute(tags.get('latest'), versions));
  return complete;
}

/** Where `latest` points when its version is gone: never to a newer one than it named, as long as there is an older. */
function substitute(gone: string | undefined, versions: ReadonlySet<string>): string {
  const older = gone === undefined ? [] : [...versions].filter((version) => compareVersions(version, gone) < 0);
  return highestVersion(older) ?? (highestVersion(versions) as string);
}

export function keepVersions(packument: Packument, versions: ReadonlySet<string>): Packument {
  const entries = packument.entries.filter((entry) => versions.has(entry.version));
  if (entries.length === packument.entries.length) return packument;
  return { ...packument, entries, tags: completeTags(packument.tags, entries) };
}

/** The earlier packument wins a version, a tag and the name; dates, stars and maintainers are those of all. */
export function mergePackuments(packuments: readonly Packument[]): Packument {
  const [first, ...others] = packuments as [Packument, ...Packument[]];
  if (others.length === 0) return first;
  const entries = new Map<string, PackumentEntry>();
  const tags = new Map<string, string>();
  for (const packument of packuments) {
    for (const entry of packument.entries) {
      const known = entries.get(entry.version);
      if (known === undefined) entries.set(entry.version, entry);
      else if (known.publishedAt === null) entries.set(entry.version, dated(known, entry.publishedAt));
    }
    for (const [tag, version] of packument.tags) if (!tags.has(tag)) tags.set(tag, version);
  }
  const readmes = packuments.filter((packument) => packument.tags.get('latest') === tags.get('latest'));
  return {
    name: first.name,
    rev: first.rev,
    createdAt: earliestOf(packuments.map((packument) => packument.createdAt)),
    modifiedAt: latestOf(packuments.map((packument) => packument.modifiedAt)),
    entries: [...entries.values()],
    tags,
    maintainers: withoutDoubles(packuments.flatMap((packument) => packument.maintainers)),
    stars: [...new Set(packuments.flatMap((packument) => packument.stars))],
    readme: readmes[0]?.readme ?? null,
  };
}

/** A copy has an id of its own, as its text differs. */
function dated(entry: PackumentEntry, publishedAt: number | null): PackumentEntry {
  return { ...entry, publishedAt, id: `${entry.id}@${publishedAt}` };
}

function withoutDoubles(people: readonly Person[]): Person[] {
  return [...new Map(people.toReversed().map((person) => [person.username, person])).values()].reverse();
}

export function latestOf(times: readonly (number | null)[]): number | null {
  return times.reduce((latest, time) => (time !== null && (latest === null || time > latest) ? time : latest), null);
}

function earliestOf(times: readonly (number | null)[]): number | null {
  return times.reduce(
    (earliest, time) => (time !== null && (earliest === null || time < earliest) ? time : earliest),
    null,
  );
}
