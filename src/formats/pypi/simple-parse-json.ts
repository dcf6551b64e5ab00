import { problem } from '../../problems/problem.ts';
import { normalizeName } from './file-names.ts';
import { isObject, member, stringMember } from './json-values.ts';
import { type ListedFile, sha256Form, withVersions } from './listed-file.ts';
import type { ProjectStatus, SimpleProject } from './simple-project.ts';

/** A project's page in JSON, of version 1: https://packaging.python.org/en/latest/specifications/simple-repository-api/. */
export function parseSimpleJson(text: string): SimpleProject {
  const document = parsed(text);
  const name = stringMember(document, 'name');
  const files = member(document, 'files');
  const version = stringMember(member(document, 'meta'), 'api-version') ?? '1.0';
  if (name === null || !Array.isArray(files) || !version.startsWith('1.')) {
    throw problem('invalid-json', 'The document is no page of the simple API.');
  }
  const project = normalizeName(name);
  return {
    name: project,
    status: statusOf(member(document, 'project-status')),
    files: withVersions(
      files.map(fileOf).filter((file) => file !== null),
      project,
    ),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw problem('invalid-json', 'The document is no JSON.');
  }
}

function fileOf(file: unknown): ListedFile | null {
  const fileName = stringMember(file, 'filename');
  const source = stringMember(file, 'url');
  const sha256 = stringMember(member(file, 'hashes'), 'sha256')?.toLowerCase() ?? '';
  if (fileName === null || source === null || !sha256Form.test(sha256)) return null;
  return {
    fileName,
    sha256,
    source,
    size: sizeOf(member(file, 'size')),
    uploadedAt: timeOf(stringMember(file, 'upload-time')),
    requiresPython: stringMember(file, 'requires-python') || null,
    yanked: yankedOf(member(file, 'yanked')),
    metadata: metadataOf(member(file, 'core-metadata') ?? member(file, 'dist-info-metadata')),
    isSigned: member(file, 'gpg-sig') === true,
    provenance: stringMember(file, 'provenance'),
  };
}

function sizeOf(size: unknown): number | null {
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null;
}

function timeOf(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

function yankedOf(yanked: unknown): string | null {
  if (typeof yanked === 'string') return yanked;
  return yanked === true ? '' : null;
}

function metadataOf(metadata: unknown): string | true | null {
  if (isObject(metadata)) {
    const sha256 = stringMember(metadata, 'sha256')?.toLowerCase() ?? '';
    return sha256Form.test(sha256) ? sha256 : true;
  }
  return metadata === true ? true : null;
}

export function statusOf(marker: unknown): ProjectStatus | null {
  const status = stringMember(marker, 'status');
  if (status !== 'archived' && status !== 'quarantined' && status !== 'deprecated') return null;
  return { status, reason: stringMember(marker, 'reason') };
}
