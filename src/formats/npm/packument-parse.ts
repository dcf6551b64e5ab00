import { createHash } from 'node:crypto';
import type { Person } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { abbreviated } from './abbreviated-fields.ts';
import { installScripts } from './install-scripts.ts';
import { isObject, type JsonObject, member } from './json-body.ts';
import { membersOf, objectText } from './json-text.ts';
import { mountLink } from './mount-links.ts';
import { attestationsPath, tarballPath } from './names.ts';
import { licenseOf } from './manifest-license.ts';
import { completeTags, latestOf, type Packument, type PackumentEntry } from './packument.ts';

/** Not part of a fragment: written by whoever renders it. */
const separate = new Set(['dist', 'deprecated']);

/** Another registry's document, in either form; its links are made those of the mount. `invalid-json` when it is none. */
export function parsePackument(text: string, form: 'full' | 'abbreviated'): Packument {
  const document = parsedObject(text);
  const name = member(document, 'name');
  const versions = member(document, 'versions');
  if (typeof name !== 'string' || !isObject(versions)) throw problem('invalid-json', 'The document is no packument.');
  const time = objectAt(document, 'time');
  const entries = Object.entries(versions)
    .filter((pair): pair is [string, JsonObject] => isObject(pair[1]))
    .map(([version, manifest]) => entryOf(name, version, manifest, timeOf(member(time, version)), form));
  return {
    name,
    rev: textOf(member(document, '_rev')),
    createdAt: timeOf(member(time, 'created')),
    modifiedAt: latestOf([
      timeOf(member(time, 'modified')),
      timeOf(member(document, 'modified')),
      ...entries.map((entry) => entry.publishedAt),
    ]),
    entries,
    tags: completeTags(tagsOf(objectAt(document, 'dist-tags')), entries),
    maintainers: peopleOf(member(document, 'maintainers')),
    stars: Object.keys(objectAt(document, 'users')),
    readme: textOf(member(document, 'readme')) || null,
  };
}

function parsedObject(text: string): JsonObject {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw problem('invalid-json', 'The document is no JSON.');
  }
  if (!isObject(document)) throw problem('invalid-json', 'The document is no packument.');
  return document;
}

function entryOf(
  name: string,
  version: string,
  manifest: JsonObject,
  publishedAt: number | null,
  form: 'full' | 'abbreviated',
): PackumentEntry {
  const hasInstallScript = member(manifest, 'hasInstallScript') === true || installScripts(manifest).size > 0;
  const shown = form === 'full' ? manifest : abbreviated(manifest, hasInstallScript);
  const fragment = objectText([
    ...membersOf(shown, separate),
    ['dist', distText(name, version, objectAt(manifest, 'dist'))],
  ]);
  const deprecated = deprecationOf(member(manifest, 'deprecated'));
  const id = createHash('sha256').update(`${fragment}\n${deprecated}\n${publishedAt}`).digest('base64url').slice(0, 22);
  return { version, id, fragment, publishedAt, license: licenseOf(manifest), deprecated, publisher: null };
}

function distText(name: string, version: string, dist: JsonObject): string {
  const attestations = member(dist, 'attestations');
  const proven = isObject(attestations) && [
    ...membersOf(attestations, new Set(['url'])),
    ['url', mountLink(attestationsPath(name, version))] as const,
  ];
  return objectText([
    ...membersOf(dist, new Set(['tarball', 'attestations'])),
    ['tarball', mountLink(tarballPath(name, version))],
    ['attestations', proven ? objectText(proven) : undefined],
  ]);
}

/** Some registries say only `true`. */
function deprecationOf(value: unknown): string | null {
  if (value === true) return 'This version is deprecated.';
  return typeof value === 'string' && value !== '' ? value : null;
}

function tagsOf(tags: JsonObject): ReadonlyMap<string, string> {
  return new Map(Object.entries(tags).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function peopleOf(people: unknown): readonly Person[] {
  if (!Array.isArray(people)) return [];
  return people
    .filter((person) => isObject(person))
    .map((person) => ({ username: textOf(member(person, 'name')), email: textOf(member(person, 'email')) || null }));
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = member(object, key);
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : null;
}
