import { createHash } from 'node:crypto';
import { problem } from '../../problems/problem.ts';
import { normalizeName, parseSdistName, parseWheelName } from './file-names.ts';
import { isObject, type JsonObject, member, stringMember } from './json-values.ts';
import { sha256Form } from './listed-file.ts';
import { inOrder, type JsonFile, type JsonRelease, type ProjectJson } from './project-json.ts';
import { parseVersion } from './version-order.ts';

/** Another index's answer to `GET /pypi/:name/json`. Metadata is known of the version only that stands for the project. */
export function parseProjectJson(text: string): ProjectJson {
  const document = parsed(text);
  const info = member(document, 'info');
  const name = stringMember(info, 'name');
  const releases = member(document, 'releases');
  if (!isObject(info) || name === null || !isObject(releases)) throw notOne();
  const latest = stringMember(info, 'version');
  const project = normalizeName(name);
  const read = Object.entries(releases).map(([version, files]) =>
    releaseOf(version, files, version === latest ? withUrls(info) : { name }, project),
  );
  return { name: project, description: stringMember(info, 'description') || null, releases: inOrder(read) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw notOne();
  }
}

function notOne(): Error {
  return problem('invalid-json', 'The document is no project of the JSON API.');
}

function releaseOf(version: string, files: unknown, info: JsonObject, project: string): JsonRelease {
  const all: readonly unknown[] = Array.isArray(files) && parseVersion(version) !== null ? files : [];
  const content = {
    version,
    info: JSON.stringify(info),
    yanked: yankedOf(all),
    files: all.map((file) => fileOf(file, project)).filter((file) => file !== null),
  };
  const id = createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
  return { id, ...content };
}

/** A release is yanked when all of its files are. */
function yankedOf(files: readonly unknown[]): string | null {
  if (files.length === 0 || files.some((file) => member(file, 'yanked') !== true)) return null;
  return stringMember(files[0], 'yanked_reason') ?? '';
}

function fileOf(file: unknown, project: string): JsonFile | null {
  const fileName = stringMember(file, 'filename') ?? '';
  const wheel = parseWheelName(fileName);
  const digests = member(file, 'digests');
  const sha256 = stringMember(digests, 'sha256')?.toLowerCase() ?? '';
  if (!sha256Form.test(sha256) || (wheel === null && parseSdistName(fileName, project) === null)) return null;
  const size = member(file, 'size');
  const time = Date.parse(stringMember(file, 'upload_time_iso_8601') ?? '');
  return {
    fileName,
    sha256,
    md5: stringMember(digests, 'md5'),
    blake2b256: stringMember(digests, 'blake2b_256'),
    size: typeof size === 'number' ? size : 0,
    uploadedAt: Number.isNaN(time) ? null : time,
    packageType: wheel === null ? 'sdist' : 'bdist_wheel',
    pythonVersion: wheel?.python ?? 'source',
    requiresPython: stringMember(file, 'requires_python'),
    comment: stringMember(file, 'comment_text') || null,
  };
}

/** Label → URL as the metadata has it: `Label, URL`. */
function withUrls(info: JsonObject): JsonObject {
  const urls = member(info, 'project_urls');
  const texts = isObject(urls) ? Object.entries(urls).map(([label, url]) => `${label}, ${String(url)}`) : null;
  return { ...info, project_urls: texts };
}
