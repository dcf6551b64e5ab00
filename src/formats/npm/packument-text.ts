import { createHash } from 'node:crypto';
import type { DocumentPart } from '../format.ts';
import type { Person } from '../../registry/model.ts';
import { withMountLinks } from './mount-links.ts';
import type { Packument, PackumentEntry } from './packument.ts';

/** Versions in one part: what is written and compressed anew when one of them changes. */
const chunkSize = 64;
/** A document of fewer versions is written in one piece: it compresses better, and isn't worth keeping in parts. */
const fewVersions = 16;

/** The two forms; `mark` names form and writing of its parts in caches. */
interface Form {
  readonly mark: string;
  head(packument: Packument): Readonly<Record<string, unknown>>;
  /** JSON members to put behind those of the fragment. */
  extras(entry: PackumentEntry, maintainers: string): string;
  /** Whether versions show the package's maintainers. */
  readonly maintainers: boolean;
}

/** Everything known of a package: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md. */
export const fullForm: Form = { mark: 'npm-full-1', head: fullHead, extras: fullExtras, maintainers: true };

/** What an install needs; `time` is added, since pnpm asks for the full form otherwise. */
export const abbreviatedForm: Form = {
  mark: 'npm-abbreviated-1',
  head: ({ name, rev, modifiedAt, tags }) => ({
    name,
    _rev: rev,
    modified: isoTime(modifiedAt ?? 0),
    'dist-tags': Object.fromEntries(tags),
  }),
  extras: deprecation,
  maintainers: false,
};

/** The document in parts, of which those with versions keep their text as long as these versions don't change. */
export function writePackument(packument: Packument, form: Form, base: string): readonly DocumentPart[] {
  const maintainers = form.maintainers ? peopleText(packument.maintainers) : '';
  const prefix = `${form.mark} ${base} ${maintainers === '' ? '' : shortHash(maintainers)}`;
  const parts: DocumentPart[] = [`${JSON.stringify(form.head(packument)).slice(0, -1)},"versions":{`];
  for (const [index, entries] of chunksOf(packument.entries).entries()) {
    const comma = index === 0 ? '' : ',';
    parts.push({
      key: `${prefix}${comma} ${entries.map((entry) => entry.id).join()}`,
      text: () => comma + withMountLinks(entries.map((entry) => member(entry, form, maintainers)).join(), base),
    });
  }
  const { createdAt, modifiedAt } = packument;
  parts.push(`},"time":{"created":"${isoTime(createdAt ?? 0)}","modified":"${isoTime(modifiedAt ?? 0)}"`);
  for (const entries of chunksOf(packument.entries)) {
    parts.push({
      key: `npm-time-1 ${entries.map((entry) => entry.id).join()}`,
      text: () => entries.map(timeMember).join(''),
    });
  }
  parts.push('}}');
  return packument.entries.length < fewVersions ? [parts.map(textOf).join('')] : parts;
}

function textOf(part: DocumentPart): string {
  return typeof part === 'string' ? part : part.text();
}

/** One version as the full document shows it, alone. */
export function writeVersion(packument: Packument, entry: PackumentEntry, base: string): string {
  return withMountLinks(versionText(entry, fullForm, peopleText(packument.maintainers)), base);
}

function chunksOf(entries: readonly PackumentEntry[]): readonly (readonly PackumentEntry[])[] {
  const chunks: (readonly PackumentEntry[])[] = [];
  for (let at = 0; at < entries.length; at += chunkSize) chunks.push(entries.slice(at, at + chunkSize));
  return chunks;
}

function member(entry: PackumentEntry, form: Form, maintainers: string): string {
  return `${JSON.stringify(entry.version)}:${versionText(entry, form, maintainers)}`;
}

/** The fragment with further members, put in front of its closing brace. */
function versionText(entry: PackumentEntry, form: Form, maintainers: string): string {
  return `${entry.fragment.slice(0, -1)}${form.extras(entry, maintainers)}}`;
}

function fullExtras(entry: PackumentEntry, maintainers: string): string {
  if (entry.publisher === null) return deprecation(entry);
  return `,"_npmUser":${personText(entry.publisher)},"maintainers":${maintainers}${deprecation(entry)}`;
}

function deprecation({ deprecated }: PackumentEntry): string {
  return deprecated === null ? '' : `,"deprecated":${JSON.stringify(deprecated)}`;
}

function timeMember({ version, publishedAt }: PackumentEntry): string {
  return publishedAt === null ? '' : `,${JSON.stringify(version)}:"${isoTime(publishedAt)}"`;
}

function fullHead(packument: Packument): Readonly<Record<string, unknown>> {
  const latest = latestManifest(packument);
  return {
    _id: packument.name,
    _rev: packument.rev,
    name: packument.name,
    description: latest['description'],
    'dist-tags': Object.fromEntries(packument.tags),
    author: latest['author'],
    bugs: latest['bugs'],
    contributors: latest['contributors'],
    homepage: latest['homepage'],
    keywords: latest['keywords'],
    license: latest['license'],
    repository: latest['repository'],
    maintainers: packument.maintainers.map(shownPerson),
    users: Object.fromEntries(packument.stars.map((username) => [username, true])),
    readme: packument.readme ?? '',
    readmeFilename: latest['readmeFilename'] ?? '',
  };
}

/** The one manifest that is parsed: its fields stand for the package. */
function latestManifest({ tags, entries }: Packument): Readonly<Record<string, unknown>> {
  const version = tags.get('latest');
  const entry = entries.findLast((entry) => entry.version === version);
  return entry === undefined ? {} : (JSON.parse(entry.fragment) as Record<string, unknown>);
}

function peopleText(people: readonly Person[]): string {
  return JSON.stringify(people.map(shownPerson));
}

function personText(person: Person): string {
  return JSON.stringify(shownPerson(person));
}

/** npm prints a missing address as "undefined". */
function shownPerson({ username, email }: Person): { name: string; email: string } {
  return { name: username, email: email ?? '' };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
