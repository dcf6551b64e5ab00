import { problem } from '../../problems/problem.ts';
import { normalizeName, parseWheelName } from './file-names.ts';
import { type Tag, tagsOf } from './html-tags.ts';
import { type ListedFile, sha256Form, withVersions } from './listed-file.ts';
import { statusOf } from './simple-parse-json.ts';
import type { SimpleProject } from './simple-project.ts';

/** The longest pages of the public index have some ten thousand. */
const mostTags = 100_000;

/** A project's page in HTML: https://packaging.python.org/en/latest/specifications/simple-repository-api/#base-html-api. */
export function parseSimpleHtml(page: string): SimpleProject {
  const tags = readTags(page);
  const files = tags.filter(({ name }) => name === 'a').flatMap(fileOf);
  // A page to sign in is no list without files.
  if (files.length === 0 && !isMarked(tags)) throw problem('invalid-json', 'The page lists no files with digests.');
  const name = nameOf(tags, files);
  const marker = { status: metaOf(tags, 'pypi:project-status'), reason: metaOf(tags, 'pypi:project-status-reason') };
  return { name, status: statusOf(marker), files: withVersions(files, name) };
}

function readTags(page: string): readonly Tag[] {
  const tags: Tag[] = [];
  for (const tag of tagsOf(page)) {
    tags.push(tag);
    if (tags.length > mostTags) throw problem('invalid-json', `The page has more than ${mostTags} tags.`);
  }
  return tags;
}

function fileOf({ attributes, text: fileName }: Tag): readonly ListedFile[] {
  const [source = '', fragment = ''] = (attributes.get('href') ?? '').split('#');
  const sha256 = /(?:^|&)sha256=([0-9a-f]{64})(?:&|$)/i.exec(fragment)?.[1]?.toLowerCase();
  if (sha256 === undefined || source === '' || fileName === '') return [];
  return [
    {
      fileName,
      sha256,
      source,
      size: null,
      uploadedAt: null,
      requiresPython: attributes.get('data-requires-python') || null,
      yanked: attributes.get('data-yanked') ?? null,
      metadata: metadataOf(attributes.get('data-core-metadata') ?? attributes.get('data-dist-info-metadata')),
      isSigned: attributes.get('data-gpg-sig') === 'true',
      provenance: attributes.get('data-provenance') || null,
    },
  ];
}

function metadataOf(value: string | undefined): string | true | null {
  if (value === undefined || value === 'false') return null;
  const sha256 = value.replace(/^sha256=/i, '').toLowerCase();
  return sha256Form.test(sha256) ? sha256 : true;
}

/** The title says it, in one of several ways; else a wheel's name does. */
function nameOf(tags: readonly Tag[], files: readonly ListedFile[]): string {
  const title = tags.find(({ name }) => name === 'title' || name === 'h1')?.text ?? '';
  const named = /^(?:links for|index of)?\s*([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)$/i.exec(title)?.[1];
  if (named !== undefined && !/\s/.test(named)) return normalizeName(named);
  const wheel = files.map(({ fileName }) => parseWheelName(fileName)).find((parsed) => parsed !== null);
  return normalizeName(wheel?.name ?? '');
}

/** By its version, or by the title that all indexes give it. */
function isMarked(tags: readonly Tag[]): boolean {
  if (metaOf(tags, 'pypi:repository-version') !== undefined) return true;
  return tags.some(({ name, text }) => (name === 'title' || name === 'h1') && /^links for\b/i.test(text.trim()));
}

function metaOf(tags: readonly Tag[], name: string): string | undefined {
  const tag = tags.find((tag) => tag.name === 'meta' && tag.attributes.get('name')?.toLowerCase() === name);
  return tag?.attributes.get('content');
}
