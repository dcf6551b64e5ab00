import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { SourcePackage } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { parseName } from './names.ts';
import { abbreviatedPackument } from './packument-kinds.ts';
import { storedPackage } from './stored-package.ts';
import { parseTag } from './tags.ts';
import { cleanVersion } from './versions.ts';

/** A version in quotes; versions have 256 characters at most. */
const longestBody = 4_096;

/** `GET /-/package/NAME/dist-tags` → `{"latest":"1.0.0"}`, with `latest` even where nobody set it: those that the packument has. */
export async function listTags(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const packument = await registry.contents(abbreviatedPackument, parseName(request.params.name ?? ''));
  if (packument === null) throw problem('package-not-found');
  return { status: 200, body: Object.fromEntries(packument.tags) };
}

/** `PUT …/dist-tags/TAG` with a version as JSON string: sets or moves the tag. */
export async function setTag(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params.name ?? '');
  const tag = parseTag(request.params.tag ?? '');
  const version = versionIn(await request.text(longestBody));
  const source = await storedPackage(registry, name);
  await registry.setTag(name, tag, keyOf(source, version));
  return wantsOk(request) ? { status: 200, body: { ok: true } } : { status: 204 };
}

/** GitLab answers 204; `yarn tag add` (classic) takes anything without `ok` for a failure, though the tag is set. */
function wantsOk({ headers }: FormatRequest): boolean {
  return headers['user-agent']?.startsWith('yarn/1.') === true;
}

/** `DELETE …/dist-tags/TAG`. `latest` may go, as in GitLab: the highest version answers for it then. */
export async function removeTag(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  await registry.removeTag(parseName(request.params.name ?? ''), request.params.tag ?? '');
  return { status: 204 };
}

export async function tagNotGiven(): Promise<Reply> {
  throw problem('invalid-parameter', '"Tag" not given');
}

export async function packageNameNotGiven(): Promise<Reply> {
  throw problem('invalid-parameter', '"Package Name" not given');
}

/** Clients send a JSON string; GitLab takes the bare version too. */
function versionIn(body: string): string {
  const text = body.trim();
  let version: unknown = text;
  if (text.startsWith('"')) {
    try {
      version = JSON.parse(text);
    } catch {
      throw problem('invalid-json', 'Invalid json');
    }
  }
  if (typeof version !== 'string' || version === '') throw problem('invalid-parameter', '"Version" not given');
  return version;
}

function keyOf(source: SourcePackage, version: string): string {
  const clean = cleanVersion(version);
  const found = source.versions.find((known) => known.version === version || known.key === clean);
  if (found === undefined) {
    throw problem('version-not-found', `"${source.name}" has no version ${JSON.stringify(version.slice(0, 256))}.`);
  }
  return found.key;
}
